using System.Text.Json;

using MedR1.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Conformance;

/// <summary>entropy-control: the adaptive entropy coefficient over several optimizer steps.</summary>
public sealed class EntropyControlKind : IConformanceKind
{
    /// <inheritdoc/>
    public string Kind => "entropy-control";

    /// <inheritdoc/>
    public void Check(ConformanceCase conformanceCase, Checker checker)
    {
        JsonElement inputs = conformanceCase.Inputs;
        double initial = inputs.GetProperty("entropy_coef").GetDouble();
        AdaptiveEntropyCoefficient controller = new(new AdaptiveEntropyOptions
        {
            InitialCoefficient = initial,
            Target = inputs.GetProperty("entropy_target").GetDouble(),
            Step = inputs.GetProperty("entropy_coef_delta").GetDouble(),
            Minimum = inputs.GetProperty("entropy_coef_min").GetDouble(),
            Maximum = inputs.GetProperty("entropy_coef_max").GetDouble(),
        });
        int accumulation = inputs.GetProperty("gradient_accumulation_steps").GetInt32();
        GrpoLoss loss = new(GrpoLossOptions.DeepSeekMath with { KlCoefficient = 0, EntropyCoefficient = initial });
        JsonElement microBatches = inputs.GetProperty("micro_batches");
        JsonElement expectedBatches = conformanceCase.Expected.GetProperty("micro_batches");
        for (int i = 0; i < microBatches.GetArrayLength(); i++)
        {
            using DisposeScope scope = NewDisposeScope();
            JsonElement expected = expectedBatches[i];
            Tensor entropies = conformanceCase.Torch(microBatches[i].GetProperty("entropies"), ScalarType.Float64)
                .requires_grad_(true);
            checker.Number(
                $"[{i}].coef_before", expected.GetProperty("coef_before").GetDouble(), controller.Coefficient);
            PolicyLossResult result = loss.Compute(new PolicyLossInputs
            {
                LogProbabilities = zeros_like(entropies).requires_grad_(true),
                Mask = conformanceCase.Torch(microBatches[i].GetProperty("mask"), ScalarType.Int64),
                Advantages = zeros(entropies.shape[0], ScalarType.Float64, conformanceCase.Device),
                Entropies = entropies,
                EntropyCoefficient = controller.Applied,
                AccumulationSteps = accumulation,
            });
            result.Loss.backward();
            LossMetric entropy = result.BonusEntropy!.Value;
            controller.Observe(entropy.Sum, entropy.Weight);
            double? window = (i + 1) % accumulation == 0 ? controller.EndStep() : null;
            checker.Number($"[{i}].loss", expected.GetProperty("loss").GetDouble(), result.Loss.ToDoubles()[0]);
            checker.Numbers(
                $"[{i}].grad_entropies", conformanceCase.Tensor(expected.GetProperty("grad_entropies")),
                CaseTensors.GradientOf(entropies));
            checker.Number($"[{i}].coef_after", expected.GetProperty("coef_after").GetDouble(), controller.Coefficient);
            if (expected.OptionalNumber("window_entropy") is double mean)
            {
                checker.Number($"[{i}].window_entropy", mean, window ?? double.NaN);
            }
        }
    }
}
