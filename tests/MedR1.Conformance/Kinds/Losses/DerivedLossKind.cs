using System.Text.Json;

using MedR1.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Conformance;

/// <summary>derived-loss: objectives of libraries other than TRL.</summary>
public sealed class DerivedLossKind : IConformanceKind
{
    /// <inheritdoc/>
    public string Kind => "derived-loss";

    /// <inheritdoc/>
    public void Check(ConformanceCase conformanceCase, Checker checker)
    {
        using DisposeScope scope = NewDisposeScope();
        JsonElement inputs = conformanceCase.Inputs;
        string objective = inputs.GetProperty("objective").GetString()!;
        string reduction = inputs.GetProperty("reduction").GetString()!;
        GrpoLoss loss = new(new GrpoLossOptions
        {
            Objective = objective switch
            {
                "cispo-two-sided" => PolicyObjective.CispoTwoSided,
                "dual-clip" => PolicyObjective.ClippedSurrogate,
                _ => throw new InvalidDataException($"Unknown objective '{objective}'."),
            },
            Normalization = reduction switch
            {
                "token-mean" => LossNormalization.StepTokens,
                "row-mean" => LossNormalization.NonEmptyCompletionMean,
                _ => throw new InvalidDataException($"Unknown reduction '{reduction}'."),
            },
            ClipLow = inputs.GetProperty("clip_low").GetDouble(),
            ClipHigh = inputs.OptionalNumber("clip_high"),
            RatioBound = objective == "dual-clip" ? inputs.OptionalNumber("dual_clip") : null,
        });
        Tensor logProbabilities = conformanceCase.Torch(
            inputs.GetProperty("logps"), ScalarType.Float64).requires_grad_(true);
        PolicyLossResult result = loss.Compute(new PolicyLossInputs
        {
            LogProbabilities = logProbabilities,
            OldLogProbabilities = conformanceCase.Torch(inputs.GetProperty("old_logps"), ScalarType.Float64),
            Mask = conformanceCase.Torch(inputs.GetProperty("mask"), ScalarType.Int64),
            Advantages = conformanceCase.Torch(inputs.GetProperty("advantages"), ScalarType.Float64),
        });
        result.Loss.backward();
        JsonElement expected = conformanceCase.Expected;
        checker.Number("loss", expected.GetProperty("loss").GetDouble(), result.Loss.ToDoubles()[0]);
        checker.Numbers(
            "grad_logps",
            conformanceCase.Tensor(expected.GetProperty("grad_logps")),
            CaseTensors.GradientOf(logProbabilities));
    }
}
