using System.Globalization;

namespace MedR1;

/// <summary>Writes values in messages the same way on every machine, as they would be typed in C#.</summary>
internal static class InvariantText
{
    /// <summary>The value in the invariant culture.</summary>
    public static string ToText<T>(this T value, string? format = null)
        where T : struct, IFormattable =>
        value.ToString(format, CultureInfo.InvariantCulture);
}
