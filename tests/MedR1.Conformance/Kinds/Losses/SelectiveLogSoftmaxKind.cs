using System.Text.Json;

using MedR1.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Conformance;

/// <summary>selective-log-softmax: log-probabilities of selected tokens and entropies, with their gradients.</summary>
public sealed class SelectiveLogSoftmaxKind : IConformanceKind
{
    /// <inheritdoc/>
    public string Kind => "selective-log-softmax";

    /// <inheritdoc/>
    public void Check(ConformanceCase conformanceCase, Checker checker)
    {
        using DisposeScope scope = NewDisposeScope();
        JsonElement inputs = conformanceCase.Inputs;
        JsonElement expected = conformanceCase.Expected;
        ScalarType type = CaseTensors.DataType(inputs.GetProperty("dtype").GetString()!);
        ScalarType wide = type == ScalarType.Float64 ? type : ScalarType.Float32;
        Tensor logits = conformanceCase.Torch(inputs.GetProperty("logits"), type).requires_grad_(true);
        TokenLogProbabilities result = SelectiveLogSoftmax.Compute(
            logits,
            conformanceCase.Torch(inputs.GetProperty("index"), ScalarType.Int64),
            inputs.OptionalNumber("temperature") ?? 1,
            conformanceCase.OptionalTorch(inputs, "row_mask", ScalarType.Int64));
        checker.Numbers(
            "logps", conformanceCase.Tensor(expected.GetProperty("logps")), result.LogProbabilities.ToDoubles());
        checker.Numbers(
            "entropy", conformanceCase.Tensor(expected.GetProperty("entropy")), result.Entropies.ToDoubles());
        foreach ((string field, Tensor got) in new[]
        {
            ("float64_logps", result.LogProbabilities), ("float64_entropy", result.Entropies),
        })
        {
            if (conformanceCase.OptionalTensor(expected, field) is GoldenTensor golden)
            {
                checker.Numbers(field, golden, got.ToDoubles());
            }
        }

        if (conformanceCase.OptionalTensor(expected, "grad_logits") is GoldenTensor gradient)
        {
            JsonElement weights = inputs.GetProperty("grad_weights");
            Tensor sum = (conformanceCase.Torch(weights.GetProperty("logps"), wide) * result.LogProbabilities).sum()
                + (conformanceCase.Torch(weights.GetProperty("entropy"), wide) * result.Entropies).sum();
            sum.backward();
            checker.Numbers("grad_logits", gradient, CaseTensors.GradientOf(logits));
        }
    }
}
