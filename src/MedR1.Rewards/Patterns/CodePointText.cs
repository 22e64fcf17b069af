using System.Text;

namespace MedR1.Rewards;

/// <summary>
/// A text with one UTF-16 code unit for each code point, so that an expression counts characters as Python does. Code points beyond
/// U+FFFF become one of three surrogates, which stand for digits, other word characters, and all others.
/// </summary>
internal sealed class CodePointText
{
    public const char OtherAstral = '\uD800';
    public const char WordAstral = '\uD801';
    public const char DigitAstral = '\uD802';
    private readonly string _text;
    private readonly int[]? _starts;

    public CodePointText(string text)
    {
        _text = text;
        Units = text;
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
        {
            return;
        }

        StringBuilder units = new(text.Length);
        List<int> starts = new(text.Length + 1);
        for (int i = 0; i < text.Length;)
        {
            starts.Add(i);
            bool isCharacter = Rune.TryGetRuneAt(text, i, out Rune character);
            units.Append(isCharacter && character.IsBmp ? text[i] : isCharacter ? StandInFor(character) : OtherAstral);
            i += isCharacter ? character.Utf16SequenceLength : 1;
        }

        starts.Add(text.Length);
        _starts = [.. starts];
        Units = units.ToString();
    }

    /// <summary>The text with one code unit for each code point.</summary>
    public string Units { get; }

    /// <summary>Part of the original text, indexed by code points.</summary>
    public string Slice(int start, int length) => _starts is null
        ? _text.Substring(start, length)
        : _text[_starts[start].._starts[start + length]];

    private static char StandInFor(Rune character) =>
        PythonText.IsDecimalDigit(character) ? DigitAstral
            : PythonText.IsWordCharacter(character) ? WordAstral
            : OtherAstral;
}
