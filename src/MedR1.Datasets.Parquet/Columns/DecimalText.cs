using System.Globalization;
using System.Numerics;

namespace MedR1.Datasets.Parquet;

/// <summary>Formats decimals with all decimal places of their column, as for Arrow files.</summary>
internal static class DecimalText
{
    /// <param name="number">The number.</param>
    /// <param name="scale">The number of decimal places.</param>
    public static string Of(decimal number, int scale) => number.ToString($"F{scale}", CultureInfo.InvariantCulture);

    /// <param name="unscaled">The number without its point.</param>
    /// <param name="scale">The number of decimal places.</param>
    public static string Of(BigInteger unscaled, int scale)
    {
        string digits = BigInteger.Abs(unscaled).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        string point = scale == 0 ? "" : ".";
        return $"{(unscaled.Sign < 0 ? "-" : "")}{digits[..^scale]}{point}{digits[^scale..]}";
    }
}
