using System.Globalization;
using System.Text.RegularExpressions;

namespace MedR1.Rewards;

/// <summary>
/// Reads the only number in a text with its unit: <c>1,234.5</c>, <c>-3e2</c>, <c>1/2</c>, <c>12 mm</c>, <c>85%</c>. A comma between
/// digits is a thousands separator; where it can't be one, the text is not a number, nor is a date such as <c>12.03.2024</c>.
/// </summary>
internal sealed partial class NumberReader
{
    private readonly IReadOnlyDictionary<string, NumericUnit> _units;

    public NumberReader(IReadOnlyDictionary<string, NumericUnit> units)
    {
        ArgumentNullException.ThrowIfNull(units);
        foreach ((string name, NumericUnit unit) in units)
        {
            if (!(double.IsFinite(unit.Factor) && unit.Factor > 0) || string.IsNullOrWhiteSpace(unit.Dimension))
            {
                throw new ArgumentException(
                    $"The unit '{name}' is {unit.Factor.ToText()} of '{unit.Dimension}', expected a factor above 0 and a named "
                    + "dimension.",
                    nameof(units));
            }
        }

        _units = units;
    }

    public Quantity? Read(string text)
    {
        // Python's digits include other scripts; .NET's parser and this expression accept only ASCII digits.
        MatchCollection matches = NumberPattern().Matches(text.Replace('\u2212', '-'));
        if (matches.Count != 1)
        {
            return null;
        }

        Match match = matches[0];
        string digits = match.Groups["number"].Value;
        if (digits.Contains(',') && !ThousandsPattern().IsMatch(digits))
        {
            return null;
        }

        double value = Parse(digits);
        if (match.Groups["divisor"].Success)
        {
            value /= Parse(match.Groups["divisor"].Value);
        }

        string unit = match.Groups["unit"].Value;
        if (!double.IsFinite(value))
        {
            return null;
        }

        return unit.Length == 0 ? new Quantity(value, "", 1)
            : _units.TryGetValue(UnitText.Key(unit), out NumericUnit? known)
                ? new Quantity(value * known.Factor, known.Dimension, known.Factor)
            : null;
    }

    private static double Parse(string digits) =>
        double.Parse(digits.Replace(",", ""), NumberStyles.Float, CultureInfo.InvariantCulture);

    // A unit is the word right after the number; in a sentence that continues ("12 of them"), that word is an unknown unit.
    [GeneratedRegex(
        @"(?<![\w.])(?<number>[-+]?(?:[0-9](?:[0-9,]*[0-9])?(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)(?!\.?[0-9])"
        + @"(?:\s*/\s*(?<divisor>[0-9]+(?:\.[0-9]+)?))?(?:\s*(?<unit>" + UnitText.Pattern + "))?",
        RegexOptions.CultureInvariant)]
    private static partial Regex NumberPattern();

    [GeneratedRegex(@"^[-+]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex ThousandsPattern();
}
