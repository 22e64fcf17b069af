using System.Globalization;

namespace MedR1.Rewards;

/// <summary>A measure in a text: <c>7 mm</c>, <c>7 x 5 mm</c> or <c>7 mm x 5 mm</c>, of which the largest side counts.</summary>
/// <param name="Value">The largest side in the base unit of its dimension.</param>
/// <param name="Dimension">The dimension.</param>
/// <param name="WordCount">The number of words that the measure takes.</param>
internal readonly record struct Measure(double Value, string Dimension, int WordCount)
{
    /// <summary>The measure that begins at a word; null if that is no number, or no known unit follows.</summary>
    public static Measure? At(string text, List<Word> words, int at)
    {
        if (!words[at].IsNumber)
        {
            return null;
        }

        List<(double Number, NumericUnit? Unit)> sides = [];
        NumericUnit? last = null;
        int next = at;
        for (int? side = at; side is int place; side = NextSide(words, next, hasUnit: sides[^1].Unit is not null))
        {
            NumericUnit? own = UnitAt(text, words, place + 1, out int after);
            if (own is not null && last is not null && own.Dimension != last.Dimension)
            {
                break;
            }

            sides.Add((double.Parse(words[place].Text, NumberStyles.Float, CultureInfo.InvariantCulture), own));
            last = own ?? last;
            next = after;
        }

        // "7 x 5 mm" names the unit once, for all sides.
        return last is null
            ? null : new Measure(sides.Max(one => one.Number * (one.Unit ?? last).Factor), last.Dimension, next - at);
    }

    private static NumericUnit? UnitAt(string text, List<Word> words, int place, out int next)
    {
        next = place;
        string written = place < words.Count ? UnitText.At(text, words[place].Start) : "";
        if (!NumericOptions.MedicalUnits.TryGetValue(UnitText.Key(written), out NumericUnit? unit))
        {
            return null;
        }

        // "cm3" is a unit of two words.
        int end = words[place].Start + written.Length;
        while (next < words.Count && words[next].Start < end)
        {
            next++;
        }

        return unit;
    }

    // In "6-8 mm" one number follows the other; after a unit, only a cross connects two sides.
    private static int? NextSide(List<Word> words, int next, bool hasUnit)
    {
        bool isCrossed = next < words.Count && words[next].Text is "x" or "×" or "by";
        int number = isCrossed ? next + 1 : next;
        return (isCrossed || !hasUnit) && number < words.Count && words[number].IsNumber && !words[number].AfterComma
            && words[number].Clause == words[next - 1].Clause ? number : null;
    }
}
