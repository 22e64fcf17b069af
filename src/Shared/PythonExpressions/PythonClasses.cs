using System.Text;

namespace MedR1;

/// <summary>
/// Python's <c>\w</c>, <c>\d</c> and <c>\s</c>, and letters in any case, as bodies of .NET character classes.
/// </summary>
internal static class PythonClasses
{
    // re._casefix of Python 3.11: lower-case letters that IGNORECASE treats as equal in addition to the case mappings.
    private static readonly string[] s_relatives =
    [
        "i\u0131", "s\u017F", "\u00B5\u03BC", "\u0345\u03B9\u1FBE", "\u0390\u1FD3", "\u03B0\u1FE3",
        "\u03B2\u03D0", "\u03B5\u03F5", "\u03B8\u03D1", "\u03BA\u03F0", "\u03C0\u03D6", "\u03C1\u03F1",
        "\u03C2\u03C3", "\u03C6\u03D5", "\u0432\u1C80", "\u0434\u1C81", "\u043E\u1C82", "\u0441\u1C83",
        "\u0442\u1C84\u1C85", "\u044A\u1C86", "\u0463\u1C87", "\u1C88\uA64B", "\u1E61\u1E9B", "\uFB05\uFB06",
    ];

    private static readonly Lazy<ILookup<char, char>> s_byLower = new(
        () => Enumerable.Range(0, 0xD800).Concat(Enumerable.Range(0xE000, 0x2000))
            .ToLookup(value => Lower((char)value), value => (char)value));

    public static string Word { get; } = Ranges(PythonText.IsWordCharacter) + CodePointText.WordAstral
        + CodePointText.DigitAstral;

    public static string NotWord { get; } = Ranges(character => !PythonText.IsWordCharacter(character))
        + CodePointText.OtherAstral;

    public static string Digit { get; } = Ranges(PythonText.IsDecimalDigit) + CodePointText.DigitAstral;

    public static string NotDigit { get; } =
        Ranges(character => !PythonText.IsDecimalDigit(character)) + CodePointText.WordAstral
            + CodePointText.OtherAstral;

    public static string Space { get; } = Ranges(character => PythonText.IsWhiteSpace((char)character.Value));

    public static string NotSpace { get; } = Ranges(character => !PythonText.IsWhiteSpace((char)character.Value))
        + CodePointText.OtherAstral + CodePointText.WordAstral + CodePointText.DigitAstral;

    /// <summary>All characters that IGNORECASE matches with a character in a range.</summary>
    public static string InAnyCase(char first, char last)
    {
        SortedSet<char> all = [];
        for (int value = first; value <= last; value++)
        {
            char lower = Lower((char)value);
            all.UnionWith(s_byLower.Value[lower]);
            foreach (char relative in s_relatives.Where(family => family.Contains(lower)).SelectMany(family => family))
            {
                all.UnionWith(s_byLower.Value[relative]);
            }
        }

        return string.Concat(all.Select(Escape));
    }

    /// <summary>An escape that matches a character literally inside and outside a class.</summary>
    public static string Escape(char character) => $"\\u{(int)character:X4}";

    private static char Lower(char character) => character == '\u0130' ? 'i' : char.ToLowerInvariant(character);

    private static string Ranges(Func<Rune, bool> isMember)
    {
        StringBuilder ranges = new();
        int start = -1;
        for (int value = 0; value <= 0x10000; value++)
        {
            bool inside = value is < 0xD800 or (> 0xDFFF and < 0x10000) && isMember(new Rune(value));
            if (inside && start < 0)
            {
                start = value;
            }
            else if (!inside && start >= 0)
            {
                ranges.Append(Escape((char)start)).Append('-').Append(Escape((char)(value - 1)));
                start = -1;
            }
        }

        return ranges.ToString();
    }
}
