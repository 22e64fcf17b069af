using System.Text.Json;

using MedR1.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Conformance;

/// <summary>ppo: rewards of tokens, advantages, returns, whitening, and the loss with a value head.</summary>
public sealed class PpoKind : IConformanceKind
{
    /// <inheritdoc/>
    public string Kind => "ppo";

    /// <inheritdoc/>
    public void Check(ConformanceCase conformanceCase, Checker checker)
    {
        using DisposeScope scope = NewDisposeScope();
        JsonElement inputs = conformanceCase.Inputs;
        JsonElement expected = conformanceCase.Expected;
        Tensor Input(string field) => conformanceCase.Torch(inputs.GetProperty(field), ScalarType.Float64);
        Tensor mask = conformanceCase.Torch(inputs.GetProperty("mask"), ScalarType.Int64);
        Tensor old = Input("old_logps");
        Tensor values = Input("values");
        PpoTargets targets = PpoTargets.Compute(
            Input("scores"),
            mask,
            old,
            conformanceCase.OptionalTorch(inputs, "ref_logps", ScalarType.Float64),
            values,
            new PpoTargetOptions
            {
                Discount = inputs.GetProperty("gamma").GetDouble(),
                Lambda = inputs.GetProperty("lambda").GetDouble(),
                KlCoefficient = inputs.OptionalNumber("kl_coef") ?? 0,
                Whiten = true,
            });
        PpoLoss loss = new(new PpoLossOptions
        {
            Policy = new GrpoLossOptions { ClipLow = inputs.GetProperty("clip").GetDouble() },
            ValueClip = inputs.OptionalNumber("value_clip"),
            ValueCoefficient = inputs.GetProperty("vf_coef").GetDouble(),
        });
        Tensor logProbabilities = Input("logps").requires_grad_(true);
        Tensor newValues = Input("new_values").requires_grad_(true);
        PolicyLossResult result = loss.Compute(new PpoLossInputs
        {
            Policy = new PolicyLossInputs
            {
                LogProbabilities = logProbabilities,
                OldLogProbabilities = old,
                Mask = mask,
                Advantages = targets.Advantages,
            },
            Values = newValues,
            OldValues = values,
            Returns = targets.Returns,
        });
        result.Loss.backward();

        void Tensors(string field, double[] got) =>
            checker.Numbers(field, conformanceCase.Tensor(expected.GetProperty(field)), got);
        void Number(string field, double got) => checker.Number(field, expected.GetProperty(field).GetDouble(), got);
        Tensors("rewards", targets.Rewards.ToDoubles());
        Tensors("advantages", targets.RawAdvantages.ToDoubles());
        Tensors("returns", targets.Returns.ToDoubles());
        Tensors("whitened", targets.Advantages.ToDoubles());
        Tensors("grad_logps", CaseTensors.GradientOf(logProbabilities));
        Tensors("grad_values", CaseTensors.GradientOf(newValues));
        Number("loss", result.Loss.ToDoubles()[0]);
        Number("policy_loss", result.Metrics["policy_loss"].Value);
        Number("value_loss", result.Metrics["value_loss"].Value);
        Number("policy_clip_fraction", result.Metrics["clip_ratio/region_mean"].Value);
    }
}
