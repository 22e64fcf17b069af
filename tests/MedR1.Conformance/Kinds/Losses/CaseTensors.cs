using System.Text.Json;

using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Conformance;

/// <summary>Converts numbers of a case to tensors and back.</summary>
internal static class CaseTensors
{
    /// <summary>Returns the type named in a case.</summary>
    public static ScalarType DataType(string name) => name switch
    {
        "float64" => ScalarType.Float64,
        "float32" => ScalarType.Float32,
        "bfloat16" => ScalarType.BFloat16,
        "float16" => ScalarType.Float16,
        _ => throw new InvalidDataException($"Unknown dtype '{name}'."),
    };

    /// <summary>Creates a tensor of the case in the given type.</summary>
    public static Tensor Torch(this ConformanceCase conformanceCase, JsonElement value, ScalarType type)
    {
        GoldenTensor golden = conformanceCase.Tensor(value);
        using Tensor flat = tensor(golden.Values, ScalarType.Float64);
        return flat.reshape(golden.Shape).to(type).to(conformanceCase.Device);
    }

    /// <summary>Creates a tensor of the case; null for JSON's null or a missing field.</summary>
    public static Tensor? OptionalTorch(
        this ConformanceCase conformanceCase, JsonElement parent, string field, ScalarType type) =>
        parent.TryGetProperty(field, out JsonElement value) && value.ValueKind != JsonValueKind.Null
            ? conformanceCase.Torch(value, type) : null;

    /// <summary>Returns the values as double.</summary>
    public static double[] ToDoubles(this Tensor value)
    {
        using Tensor wide = value.detach().to(ScalarType.Float64).cpu().contiguous();
        return wide.data<double>().ToArray();
    }

    /// <summary>Returns the gradient of a leaf, or zeros if it has none.</summary>
    public static double[] GradientOf(Tensor leaf)
    {
        using Tensor? gradient = leaf.grad;
        return gradient is null ? new double[leaf.numel()] : gradient.ToDoubles();
    }

    /// <summary>Reads a number or null.</summary>
    public static double? OptionalNumber(this JsonElement parent, string field) =>
        parent.TryGetProperty(field, out JsonElement value) && value.ValueKind == JsonValueKind.Number
            ? value.GetDouble() : null;
}
