using System.Text.RegularExpressions;

namespace MedR1.Rewards;

/// <summary>Units as they appear in a text.</summary>
internal static partial class UnitText
{
    /// <summary>
    /// A unit with everything attached to it: <c>cm³</c>, <c>ml/min</c> and <c>°C</c> are units of their own, not <c>cm</c>,
    /// <c>ml</c> or <c>°</c>.
    /// </summary>
    public const string Pattern = @"[%°\p{L}](?:[\p{L}\p{M}\p{N}°^·⁻]|/(?=\p{L}))*";

    /// <summary>The unit that starts at a position, as written; empty if none does.</summary>
    public static string At(string text, int start) => Here().Match(text, start).Value;

    /// <summary>A unit as it is looked up: in lower case, and <c>cm^3</c> as <c>cm3</c>.</summary>
    public static string Key(string unit) => unit.ToLowerInvariant().Replace("^", "");

    [GeneratedRegex(@"\G" + Pattern, RegexOptions.CultureInvariant)]
    private static partial Regex Here();
}
