using System.Text.Json;

using static TorchSharp.torch;

namespace MedR1.Conformance;

/// <summary>
/// Compares gradients with a case's table of norms and first values, and with those given in full.
/// </summary>
internal static class GradientTable
{
    public static void Check(ConformanceCase conformanceCase, Checker checker, IReadOnlyDictionary<string,
        Tensor> gradients)
    {
        Tolerance allowed = checker.ToleranceOf("gradients");
        int count = 0;
        foreach (JsonProperty row in conformanceCase.Expected.GetProperty("gradients").EnumerateObject())
        {
            count++;
            if (!gradients.TryGetValue(row.Name, out Tensor? gradient))
            {
                checker.Fail($"gradients: the model has no parameter '{row.Name}'");
                continue;
            }

            double norm = row.Value.GetProperty("l2").GetDouble();
            Tolerance ofRow =
                allowed.RelativeToL2 is double share ? new Tolerance(false, share * norm, 0, null, null) : allowed;
            checker.SequenceEqual(
                $"{row.Name}.shape", [.. row.Value.GetProperty("shape").EnumerateArray()
                    .Select(size => size.GetInt64())], gradient.shape);
            checker.Number($"{row.Name}.l2", norm, gradient.to(ScalarType.Float64).norm().item<double>(), ofRow);
            GoldenTensor first = conformanceCase.Tensor(row.Value.GetProperty("first8"));
            float[] values = CaseModel.Values(gradient);
            checker.Numbers($"{row.Name}.first8", first, values.AsSpan(0, Math.Min(values.Length, first.Values.Length)),
                ofRow);
        }

        checker.Equal("number of gradients", count, gradients.Count);
        if (conformanceCase.Expected.TryGetProperty("full_gradients", out JsonElement full))
        {
            foreach (JsonProperty entry in full.EnumerateObject())
            {
                checker.Numbers(
                    $"full_gradients.{entry.Name}", conformanceCase.Tensor(entry.Value),
                    CaseModel.Values(gradients[entry.Name]),
                    checker.ToleranceOf("full_gradients"));
            }
        }
    }
}
