using System.Text.RegularExpressions;

namespace MedR1.Rewards;

/// <summary>Units as they appear in a text.</summary>
internal static partial class UnitText
{
    /// <summary>
    /// A unit with everything attached to it: <c>cm³</c>, <c>ml/min</c> and <c>°C</c> are separate units, not <c>cm</c>, <c>ml</c>
    /// or <c>°</c>. So are the few units that are written with a space: <c>° C</c>, <c>mm Hg</c>, <c>cm H2O</c>.
    /// </summary>
    public const string Pattern =
        @"(?:(?i:°" + Space + @"+[CFK]|[cm]m" + Space + @"+(?:Hg|H[2₂]O))(?![\p{L}\p{M}\p{N}])"
        + @"|[%‰°℃℉\p{L}](?:[\p{L}\p{M}\p{N}°^·⁻]|/(?=\p{L}))*)";

    // Excludes line breaks: a word on the next line is not a unit.
    private const string Space = @"[ \t\u00A0\u202F]";

    /// <summary>The unit that starts at a position, as written; empty if there is none.</summary>
    public static string At(string text, int start) => Here().Match(text, start).Value;

    /// <summary>The key under which a unit is looked up: in lower case, without spaces, and <c>cm^3</c> as <c>cm3</c>.</summary>
    public static string Key(string unit) =>
        string.Concat(unit.Where(character => !char.IsWhiteSpace(character))).ToLowerInvariant().Replace("^", "");

    [GeneratedRegex(@"\G" + Pattern, RegexOptions.CultureInvariant)]
    private static partial Regex Here();
}
