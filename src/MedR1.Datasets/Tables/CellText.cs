using System.Globalization;

namespace MedR1.Datasets;

/// <summary>The text of a single value in a cell.</summary>
internal static class CellText
{
    /// <summary>The text; <see langword="null"/> for lists, structures and images.</summary>
    public static string? Of(object cell) => cell switch
    {
        string text => text,
        bool flag => flag ? "true" : "false",
        float number => number.ToString("R", CultureInfo.InvariantCulture),
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        IFormattable value => value.ToString(null, CultureInfo.InvariantCulture),
        _ => null,
    };
}
