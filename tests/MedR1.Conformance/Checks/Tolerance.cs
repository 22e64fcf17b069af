using System.Text.Json;

namespace MedR1.Conformance;

/// <summary>The allowed error of a value. See the README of the cases for the forms.</summary>
/// <param name="Exact">Whether no difference is allowed.</param>
/// <param name="Absolute">a in |got − expected| ≤ a + r·|expected|.</param>
/// <param name="Relative">r in the same formula.</param>
/// <param name="RelativeL2">‖got − expected‖₂ ≤ x·‖expected‖₂, if given.</param>
/// <param name="RelativeToL2">|difference| ≤ r·l2 of a row of a gradient table, if given.</param>
public sealed record Tolerance(bool Exact, double Absolute, double Relative, double? RelativeL2, double? RelativeToL2)
{
    /// <summary>No difference.</summary>
    public static Tolerance None { get; } = new(true, 0, 0, null, null);

    /// <summary>Reads one tolerance.</summary>
    public static Tolerance Read(JsonElement element) => new(
        element.TryGetProperty("exact", out JsonElement exact) && exact.GetBoolean(),
        Number(element, "absolute") ?? 0,
        Number(element, "relative") ?? 0,
        Number(element, "relative_l2"),
        Number(element, "relative_to_l2"));

    /// <summary>Whether an element is a single tolerance instead of a table of them.</summary>
    public static bool IsSingle(JsonElement element) =>
        element.ValueKind == JsonValueKind.Object
        && element.EnumerateObject().Any(property =>
            property.Name is "exact" or "absolute" or "relative" or "relative_l2" or "relative_to_l2"
            && property.Value.ValueKind is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False);

    /// <summary>
    /// Returns the largest error as a share of the allowed one: at most 1 passes. Equal infinities are equal, and NaN equals NaN.
    /// </summary>
    public double Share(ReadOnlySpan<double> got, ReadOnlySpan<double> expected, out int worst)
    {
        worst = 0;
        if (RelativeL2 is double relativeL2)
        {
            return ShareOfNorm(got, expected, relativeL2);
        }

        double largest = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double share = ShareOf(got[i], expected[i]);
            if (share > largest)
            {
                largest = share;
                worst = i;
            }
        }

        return largest;
    }

    private static double ShareOfNorm(ReadOnlySpan<double> got, ReadOnlySpan<double> expected, double allowed)
    {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            if (got[i].Equals(expected[i]))
            {
                norm += double.IsFinite(expected[i]) ? expected[i] * expected[i] : 0;
                continue;
            }

            difference += (got[i] - expected[i]) * (got[i] - expected[i]);
            norm += expected[i] * expected[i];
        }

        double share = difference == 0 ? 0 : Math.Sqrt(difference) / (allowed * Math.Sqrt(norm));
        return double.IsNaN(share) ? double.PositiveInfinity : share;
    }

    private double ShareOf(double got, double expected)
    {
        if (got.Equals(expected) || got == expected)
        {
            return 0;
        }

        double allowed = Exact ? 0 : Absolute + Relative * Math.Abs(expected);
        double share = Math.Abs(got - expected) / allowed;
        return double.IsNaN(share) ? double.PositiveInfinity : share;
    }

    private static double? Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
}
