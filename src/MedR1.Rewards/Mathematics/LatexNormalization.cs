using System.Text.RegularExpressions;

namespace MedR1.Rewards;

/// <summary>Removes layout, currency and units from an answer, and replaces words for symbols by the symbols.</summary>
internal static partial class LatexNormalization
{
    // The words that math-verify treats as units at the end of an answer: lengths, areas and volumes, weights, times, speeds and
    // angles, money, things that are counted, and words that exercises put after a number.
    private const string Units =
        "m|mm|cm|dm|km|mtr|metre|meter|ft|feet|inch|inches|yard|mile|sq|sq m|sq inch|m square|square|cube|cubic|cm 2|cc"
        + "|acre|hectare|l|lt|liter|litre|gal|gallon|g|gm|kg|lb|pound|s|sec|second|min|minute|h|hr|hour|day|month|yr|year|am|pm"
        + "|noon|mph|kmph|kmh|deg|degree|c|ohm|rs|rupee|cent|apple|coin|digit|edge|integerpoint|mark|meal|men|man|woman|women"
        + "|monkey|multiple|number|pie|prime|rounds|soldier|student|children ticket|tile|toy|unit|ratio|profit|loss|gain|rise"
        + "|increase|decrease|excess|less|more|no change|pure|per|by|are|way|east|west|th|st|rd|t|o|d|ab|bc|mp|mt|Surface";

    /// <summary>The normalized answer.</summary>
    public static string Of(string latex)
    {
        // Collapses runs of white space first: patterns that begin with white space would take quadratic time on a long run.
        string text = RunPattern().Replace(latex, " ");
        text = ListPattern().Replace(LayoutPattern().Replace(text, ""), ",");
        text = RunPattern().Replace(SpacePattern().Replace(FontPattern().Replace(text, @"\text"), " "), " ");
        text = InfinityPattern().Replace(PercentPattern().Replace(text, @"\%"), @"\infty").Replace("π", @"\pi ").Trim();
        if (!text.Contains("matrix", StringComparison.Ordinal))
        {
            text = DoubledSlashPattern().Replace(text, @"\");
        }

        text = WithoutUnitText(text);
        return Without(UnitWordPattern(), Without(UnitWordPattern(), text)).Trim();
    }

    // All from the first word in upright letters, if the answer ends with a brace or the power of one: 5\text{ cm}^{2} is 5.
    private static string WithoutUnitText(string text)
    {
        Match end = BracedEndPattern().Match(text);
        Match start = UnitTextPattern().Match(text);
        return end.Success && start.Success && start.Index + start.Length <= end.Index && start.Index > 0
            ? text[..start.Index].Trim() : text;
    }

    // An answer that consists only of a unit is kept.
    private static string Without(Regex pattern, string text)
    {
        string rest = pattern.Replace(text, "$1");
        return string.IsNullOrWhiteSpace(rest) ? text : rest;
    }

    [GeneratedRegex(
        @"\\mathrm\{th\}|\\!\s*|\\text\s*\{\s*\}|\\?\$|(?<!\\)[""']|\\displaystyle"
        + @"|\\(?:left|right)(?=[{}()\[\]|]|\\(?:[{}|]|[lr](?:brace|brack|group|vert|ceil|floor|angle)(?![A-Za-z])))",
        RegexOptions.CultureInvariant)]
    private static partial Regex LayoutPattern();

    [GeneratedRegex(@"\s{2,}", RegexOptions.CultureInvariant)]
    private static partial Regex RunPattern();

    [GeneratedRegex(@"(?<!\\)\\\s", RegexOptions.CultureInvariant)]
    private static partial Regex SpacePattern();

    [GeneratedRegex(@"\\(?:math(?:rm|it|bf)|text(?:normal|bf|it|rm))(?![A-Za-z])", RegexOptions.CultureInvariant)]
    private static partial Regex FontPattern();

    [GeneratedRegex(
        @"(?<![A-Za-z]),?\s*(?:and|or)(?![A-Za-z])|,?\s*\\text\{\s*(?:and|or)\s*\}|\s*\{\s*,\s*\}",
        RegexOptions.CultureInvariant)]
    private static partial Regex ListPattern();

    [GeneratedRegex(
        @"\s*\b(?:percentage|percent|pct)\b|\\text\{(?:percentage|percent|pct)\}", RegexOptions.CultureInvariant)]
    private static partial Regex PercentPattern();

    [GeneratedRegex(@"(?<![\\A-Za-z])(?:infinity|inf)(?![A-Za-z])", RegexOptions.CultureInvariant)]
    private static partial Regex InfinityPattern();

    [GeneratedRegex(@"\\\\(?=[A-Za-z])", RegexOptions.CultureInvariant)]
    private static partial Regex DoubledSlashPattern();

    [GeneratedRegex(@"\\(?:text|mbox)\{", RegexOptions.CultureInvariant)]
    private static partial Regex UnitTextPattern();

    [GeneratedRegex(@"\}(?:\^[0-9])?$", RegexOptions.CultureInvariant)]
    private static partial Regex BracedEndPattern();

    [GeneratedRegex(@"([0-9}\s])\s*(?:" + Units + @")(?:s|es)?\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex UnitWordPattern();
}
