using System.Text.Json;

using MedR1.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Conformance;

/// <summary>grpo-loss: the loss, its gradients and its metrics.</summary>
public sealed class GrpoLossKind : IConformanceKind
{
    /// <inheritdoc/>
    public string Kind => "grpo-loss";

    /// <inheritdoc/>
    public void Check(ConformanceCase conformanceCase, Checker checker)
    {
        using DisposeScope scope = NewDisposeScope();
        JsonElement inputs = conformanceCase.Inputs;
        JsonElement expected = conformanceCase.Expected;
        ScalarType type = CaseTensors.DataType(inputs.GetProperty("dtype").GetString()!);
        Tensor logProbabilities = conformanceCase.Torch(inputs.GetProperty("logps"), type).requires_grad_(true);
        Tensor? entropies = conformanceCase.OptionalTorch(inputs, "entropies", type)?.requires_grad_(true);
        GrpoLossOptions options = TrlConfiguration.LossOptions(inputs);
        PolicyLossInputs batch = TrlConfiguration.WithCounts(inputs, new PolicyLossInputs
        {
            LogProbabilities = logProbabilities,
            Entropies = entropies,
            Mask = conformanceCase.Torch(inputs.GetProperty("mask"), ScalarType.Int64),
            Advantages = conformanceCase.Torch(inputs.GetProperty("advantages"), type),
            OldLogProbabilities = conformanceCase.OptionalTorch(inputs, "old_logps", type),
            ReferenceLogProbabilities = conformanceCase.OptionalTorch(inputs, "ref_logps", type),
            SamplerLogProbabilities = conformanceCase.OptionalTorch(inputs, "sampling_logps", type),
        });
        PolicyLossResult result = new GrpoLoss(options).Compute(batch);
        if (result.Loss.requires_grad)
        {
            result.Loss.backward();
        }

        checker.Number("loss", expected.GetProperty("loss").GetDouble(), result.Loss.ToDoubles()[0]);
        checker.Numbers(
            "grad_logps",
            conformanceCase.Tensor(expected.GetProperty("grad_logps")),
            CaseTensors.GradientOf(logProbabilities));
        if (conformanceCase.OptionalTensor(expected, "grad_entropies") is GoldenTensor gradEntropies)
        {
            checker.Numbers("grad_entropies", gradEntropies, CaseTensors.GradientOf(entropies!));
        }

        if (conformanceCase.OptionalTensor(expected, "importance_sampling_ratio") is GoldenTensor ratio)
        {
            Tensor got = SamplerCorrection.Ratio(
                batch.OldLogProbabilities ?? logProbabilities.detach(), batch.SamplerLogProbabilities!, batch.Mask,
                options.SamplerCorrection!);
            checker.Numbers("importance_sampling_ratio", ratio, got.ToDoubles());
        }

        if (expected.TryGetProperty("metrics", out JsonElement metrics))
        {
            MetricChecks.Compare(checker, "metrics", metrics, result.Metrics);
        }

        if (expected.TryGetProperty("sampling_metrics", out JsonElement samplingMetrics))
        {
            MetricChecks.Compare(checker, "sampling_metrics", samplingMetrics, result.Metrics);
        }
    }
}
