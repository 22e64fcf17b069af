using System.Text.RegularExpressions;

namespace MedR1.Rewards;

/// <summary>Takes from an answer what means nothing to it: layout, currency, units, and words for signs.</summary>
internal static partial class LatexNormalization
{
    // The words that math-verify takes for units when they end an answer: lengths, areas and volumes, weights, times,
    // speeds and angles, money, things that are counted, and words that exercises put behind a number.
    private const string Units =
        "m|mm|cm|dm|km|mtr|metre|meter|ft|feet|inch|inches|yard|mile|sq|sq m|sq inch|m square|square|cube|cubic|cm 2|cc"
        + "|acre|hectare|l|lt|liter|litre|gal|gallon|g|gm|kg|lb|pound|s|sec|second|min|minute|h|hr|hour|day|month|yr|year|am|pm"
        + "|noon|mph|kmph|kmh|deg|degree|c|ohm|rs|rupee|cent|apple|coin|digit|edge|integerpoint|mark|meal|men|man|woman|women"
        + "|monkey|multiple|number|pie|prime|rounds|soldier|student|children ticket|tile|toy|unit|ratio|profit|loss|gain|rise"
        + "|increase|decrease|excess|less|more|no change|pure|per|by|are|way|east|west|th|st|rd|t|o|d|ab|bc|mp|mt|Surface";

    /// <summary>The answer without them.</summary>
    public static string Of(string latex)
    {
        // Runs of white space first: patterns that begin with one would go through each from every place in it.
        string text = RunPattern().Replace(latex, " ");
        text = FontPattern().Replace(LayoutPattern().Replace(text, ""), @"\text");
        text = RunPattern().Replace(SpacePattern().Replace(text, " "), " ");
        text = PercentPattern().Replace(ListPattern().Replace(text, ","), @"\%");
        text = InfinityPattern().Replace(text, @"\infty").Replace("π", @"\pi ").Replace("{,}", ",").Trim();
        text = Without(UnitTextPattern(), text);
        return Without(UnitWordPattern(), Without(UnitWordPattern(), text)).Trim();
    }

    // An answer that is nothing but a unit stays.
    private static string Without(Regex pattern, string text)
    {
        string rest = pattern.Replace(text, "$1");
        return string.IsNullOrWhiteSpace(rest) ? text : rest;
    }

    [GeneratedRegex(
        @"\\mathrm\{th\}|\\!\s*|\\text\s*\{\s*\}|\\?\$|(?<!\\)[""']|\\(?:displaystyle|left|right)(?![A-Za-z])",
        RegexOptions.CultureInvariant)]
    private static partial Regex LayoutPattern();

    [GeneratedRegex(@"\s{2,}", RegexOptions.CultureInvariant)]
    private static partial Regex RunPattern();

    [GeneratedRegex(@"(?<!\\)\\\s", RegexOptions.CultureInvariant)]
    private static partial Regex SpacePattern();

    [GeneratedRegex(@"\\(?:math(?:rm|it|bf)|text(?:normal|bf|it|rm))(?![A-Za-z])", RegexOptions.CultureInvariant)]
    private static partial Regex FontPattern();

    [GeneratedRegex(
        @"(?<![A-Za-z]),?\s*(?:and|or)(?![A-Za-z])|,?\s*\\text\{\s*(?:and|or)\s*\}", RegexOptions.CultureInvariant)]
    private static partial Regex ListPattern();

    [GeneratedRegex(
        @"\s*\b(?:percentage|percent|pct)\b|\\text\{(?:percentage|percent|pct)\}", RegexOptions.CultureInvariant)]
    private static partial Regex PercentPattern();

    [GeneratedRegex(@"(?<![\\A-Za-z])(?:infinity|inf)(?![A-Za-z])", RegexOptions.CultureInvariant)]
    private static partial Regex InfinityPattern();

    [GeneratedRegex(@"()\\(?:text|mbox)\{[^{}]*\}(?:\^\{?[0-9]\}?)?$", RegexOptions.CultureInvariant)]
    private static partial Regex UnitTextPattern();

    [GeneratedRegex(@"([0-9}\s])\s*(?:" + Units + @")(?:s|es)?\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex UnitWordPattern();
}
