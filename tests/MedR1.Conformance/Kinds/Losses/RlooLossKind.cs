using System.Text.Json;

using MedR1.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Conformance;

/// <summary>rloo-loss: the clipped ratios of whole completions.</summary>
public sealed class RlooLossKind : IConformanceKind
{
    /// <inheritdoc/>
    public string Kind => "rloo-loss";

    /// <inheritdoc/>
    public void Check(ConformanceCase conformanceCase, Checker checker)
    {
        using DisposeScope scope = NewDisposeScope();
        JsonElement inputs = conformanceCase.Inputs;
        JsonElement expected = conformanceCase.Expected;
        Tensor logProbabilities = conformanceCase.Torch(
            inputs.GetProperty("logps"), ScalarType.Float64).requires_grad_(true);
        GrpoLoss loss = new(GrpoLossOptions.Rloo with
        {
            ClipLow = inputs.GetProperty("epsilon").GetDouble(),
            ClipHigh = inputs.OptionalNumber("epsilon_high"),
        });
        PolicyLossResult result = loss.Compute(new PolicyLossInputs
        {
            LogProbabilities = logProbabilities,
            OldLogProbabilities = conformanceCase.OptionalTorch(inputs, "old_logps", ScalarType.Float64),
            Mask = conformanceCase.Torch(inputs.GetProperty("mask"), ScalarType.Int64),
            Advantages = conformanceCase.Torch(inputs.GetProperty("advantages"), ScalarType.Float64),
            Entropies = conformanceCase.OptionalTorch(inputs, "entropies", ScalarType.Float64),
        });
        result.Loss.backward();
        checker.Number("loss", expected.GetProperty("loss").GetDouble(), result.Loss.ToDoubles()[0]);
        checker.Numbers(
            "grad_logps",
            conformanceCase.Tensor(expected.GetProperty("grad_logps")),
            CaseTensors.GradientOf(logProbabilities));
        MetricChecks.Compare(checker, "metrics", expected.GetProperty("metrics"), result.Metrics);
    }
}
