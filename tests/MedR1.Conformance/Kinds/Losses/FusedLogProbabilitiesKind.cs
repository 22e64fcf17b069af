using System.Text.Json;

using MedR1.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Conformance;

/// <summary>fused-log-prob: statistics of tokens from hidden states and head, with their gradients.</summary>
public sealed class FusedLogProbabilitiesKind : IConformanceKind
{
    /// <inheritdoc/>
    public string Kind => "fused-log-prob";

    /// <inheritdoc/>
    public void Check(ConformanceCase conformanceCase, Checker checker)
    {
        using DisposeScope scope = NewDisposeScope();
        JsonElement inputs = conformanceCase.Inputs;
        JsonElement expected = conformanceCase.Expected;
        ScalarType type = CaseTensors.DataType(inputs.GetProperty("dtype").GetString()!);
        ScalarType wide = type == ScalarType.Float64 ? type : ScalarType.Float32;
        Tensor hidden = conformanceCase.Torch(inputs.GetProperty("hidden"), type).requires_grad_(true);
        Tensor weight = conformanceCase.Torch(inputs.GetProperty("weight"), type).requires_grad_(true);
        Tensor? bias = conformanceCase.OptionalTorch(inputs, "bias", type)?.requires_grad_(true);
        using FusedTokenLogProbabilities result = FusedLogProbabilities.Compute(
            hidden,
            weight,
            conformanceCase.Torch(inputs.GetProperty("targets"), ScalarType.Int64),
            bias,
            conformanceCase.OptionalTorch(inputs, "row_mask", ScalarType.Int64),
            new FusedLogProbabilityOptions
            {
                Temperature = inputs.OptionalNumber("temperature") ?? 1,
                ChunkSize = (int)(inputs.OptionalNumber("chunk_size") ?? 8192),
                WithStatistics = true,
            });
        JsonElement weights = inputs.GetProperty("grad_weights");
        Tensor sum = (conformanceCase.Torch(weights.GetProperty("logps"), wide) * result.LogProbabilities).sum()
            + (conformanceCase.Torch(weights.GetProperty("entropy"), wide) * result.Entropies).sum();
        sum.backward();
        foreach ((string field, Func<double[]> got) in new (string, Func<double[]>)[]
        {
            ("logps", result.LogProbabilities.ToDoubles),
            ("entropy", result.Entropies.ToDoubles),
            ("log_sum_sq_probs", result.LogSumSquaredProbabilities!.ToDoubles),
            ("mean_logits", result.MeanLogits!.ToDoubles),
            ("is_top1", result.IsTop1!.ToDoubles),
            ("grad_hidden", () => CaseTensors.GradientOf(hidden)),
            ("grad_weight", () => CaseTensors.GradientOf(weight)),
            ("grad_bias", () => CaseTensors.GradientOf(bias!)),
        })
        {
            if (conformanceCase.OptionalTensor(expected, field) is GoldenTensor golden)
            {
                checker.Numbers(field, golden, got());
            }
        }
    }
}
