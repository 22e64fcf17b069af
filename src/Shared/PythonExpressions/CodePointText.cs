using System.Text;

namespace MedR1;

/// <summary>
/// A text with one UTF-16 code unit for each code point, so that an expression counts characters as Python does. Code points beyond
/// U+FFFF become surrogates, from one of three ranges, which stand for digits, other word characters, and all others.
/// </summary>
internal sealed class CodePointText
{
    /// <summary>The ranges as parts of a .NET character class.</summary>
    public const string OtherAstral = "\uD800-\uDBFF";
    public const string WordAstral = "\uDC00-\uDEFF";
    public const string DigitAstral = "\uDF00-\uDFFF";
    private readonly int[]? _starts;

    public CodePointText(string text)
    {
        Original = text;
        Units = text;
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
        {
            return;
        }

        StringBuilder units = new(text.Length);
        List<int> starts = new(text.Length + 1);
        Dictionary<int, char> standIns = [];
        Dictionary<string, int> used = [];
        for (int i = 0; i < text.Length;)
        {
            starts.Add(i);
            bool isCharacter = Rune.TryGetRuneAt(text, i, out Rune character);
            units.Append(isCharacter && character.IsBmp ? text[i] : StandInFor(isCharacter ? character.Value : text[i]));
            i += isCharacter ? character.Utf16SequenceLength : 1;
        }

        starts.Add(text.Length);
        _starts = [.. starts];
        Units = units.ToString();

        // Different characters have different ones, for back references. A range's last one is for all that find it exhausted.
        char StandInFor(int value)
        {
            if (!standIns.TryGetValue(value, out char standIn))
            {
                string range = RangeFor(value);
                int index = used.GetValueOrDefault(range);
                used[range] = index + 1;
                standIn = (char)Math.Min(range[0] + index, range[^1]);
                standIns.Add(value, standIn);
            }

            return standIn;
        }
    }

    public string Original { get; }

    /// <summary>The text with one code unit for each code point.</summary>
    public string Units { get; }

    /// <summary>Part of the original text, indexed by code points.</summary>
    public string Slice(int start, int length) => _starts is null
        ? Original.Substring(start, length)
        : Original[_starts[start].._starts[start + length]];

    private static string RangeFor(int value) =>
        !Rune.TryCreate(value, out Rune character) ? OtherAstral
            : PythonText.IsDecimalDigit(character) ? DigitAstral
            : PythonText.IsWordCharacter(character) ? WordAstral
            : OtherAstral;
}
