using System.Globalization;
using System.Text;

namespace MedR1;

/// <summary>How often the part before it is repeated.</summary>
/// <param name="Least">The least number of repetitions.</param>
/// <param name="Most">The greatest number, or <see cref="PythonExpressionWidth.NoMaximum"/>.</param>
/// <param name="Manner"><c>?</c> for a lazy quantifier, <c>+</c> for a possessive one, null for a greedy one.</param>
internal sealed record PythonExpressionQuantifier(long Least, long Most, char? Manner)
{
    /// <summary>Reads a quantifier after its first character; null, without reading, if there is none.</summary>
    public static PythonExpressionQuantifier? Read(PythonExpressionSource source, char first)
    {
        (long Least, long Most)? range = first switch
        {
            '?' => (0, 1),
            '*' => (0, PythonExpressionWidth.NoMaximum),
            '+' => (1, PythonExpressionWidth.NoMaximum),
            '{' => Numbers(source),
            _ => null,
        };
        return range is not { } found ? null
            : new(found.Least, found.Most, source.Takes("?") ? '?' : source.Takes("+") ? '+' : null);
    }

    /// <summary>Repeats what was written from a position on.</summary>
    public void Apply(StringBuilder output, int start)
    {
        // In Python, what a possessive quantifier repeats gives nothing back either: (a+){2}+ never matches aa.
        if (Manner == '+')
            output.Insert(start, "(?>(?>").Append(')');
        output.Append((Least, Most) switch
        {
            (0, PythonExpressionWidth.NoMaximum) => "*",
            (1, PythonExpressionWidth.NoMaximum) => "+",
            (0, 1) => "?",
            (_, PythonExpressionWidth.NoMaximum) => string.Create(CultureInfo.InvariantCulture, $"{{{Least},}}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{{{Least},{Most}}}"),
        });
        if (Manner is { } manner)
            output.Append(manner == '?' ? '?' : ')');
    }

    // {2,3}, {2}, {2,}, {,3} and {,}; anything else is literal text.
    private static (long Least, long Most)? Numbers(PythonExpressionSource source)
    {
        int start = source.Position;
        string least = source.TakeDigits(10, int.MaxValue);
        bool hasComma = source.Takes(",");
        string most = hasComma ? source.TakeDigits(10, int.MaxValue) : least;
        if (!source.Takes("}") || (!hasComma && least.Length == 0))
        {
            source.Position = start;
            return null;
        }

        (long low, long high) = (Number(least, 0), Number(most, PythonExpressionWidth.NoMaximum));
        return low <= high ? (low, high) : throw source.Fault("a least number of repetitions above the greatest");

        long Number(string digits, long none) => digits.Length == 0 ? none
            : int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number
            : throw source.Unsupported($"more than {int.MaxValue} repetitions");
    }
}
