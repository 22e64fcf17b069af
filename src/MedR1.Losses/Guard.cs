using static TorchSharp.torch;

namespace MedR1.Losses;

/// <summary>Checks shapes and types; error messages state the expected and the actual value.</summary>
internal static class Guard
{
    public static string Show(Tensor value) => $"[{string.Join(", ", value.shape)}]";

    public static void Matrix(Tensor value, string name)
    {
        if (value.dim() != 2)
        {
            throw new ArgumentException(
                $"{name} has shape {Show(value)}, expected [B, T]: rows are completions, columns are tokens.", name);
        }
    }

    public static void SameShape(Tensor value, Tensor model, string name, string modelName)
    {
        if (!value.shape.AsSpan().SequenceEqual(model.shape))
        {
            throw new ArgumentException(
                $"{name} has shape {Show(value)}, expected {Show(model)} like {modelName}: pad all of them to the "
                + "same longest completion.",
                name);
        }
    }

    public static void FloatingPoint(Tensor value, string name)
    {
        if (!value.is_floating_point())
        {
            throw new ArgumentException(
                $"{name} is of type {value.dtype}, expected a floating-point type: convert it.", name);
        }
    }

    public static void Rows(Tensor value, Tensor model, string name, string modelName)
    {
        if (value.dim() != 1 || value.shape[0] != model.shape[0])
        {
            throw new ArgumentException(
                $"{name} has shape {Show(value)}, expected [{model.shape[0]}]: one for each row of {modelName} "
                + $"{Show(model)}.",
                name);
        }
    }

    public static void Fraction(double value, string name)
    {
        if (value is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(name, value, "Expected a number from 0 to 1.");
        }
    }

    public static void Temperature(double value, string name)
    {
        if (!(double.IsFinite(value) && value > 0))
        {
            throw new ArgumentOutOfRangeException(
                name, value, "Expected a finite number above 0; for temperature 0, take the most likely token.");
        }
    }

    public static void Tokens(Tensor value, string name)
    {
        if (value.dtype != ScalarType.Int64)
        {
            throw new ArgumentException($"{name} is of type {value.dtype}, expected Int64: convert it.", name);
        }
    }

    /// <summary>The type that statistics are computed in: float64 for float64, float32 for everything else.</summary>
    public static ScalarType WideType(Tensor value) =>
        value.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
}
