using System.Globalization;

namespace MedR1;

/// <summary>The text of a Python expression while it is read, and the escapes whose meaning does not depend on where they are.</summary>
internal sealed class PythonExpressionSource(string pattern)
{
    public int Position { get; set; }

    /// <summary>The next character; null at the end.</summary>
    public char? Next => Position < pattern.Length ? pattern[Position] : null;

    public char Take(string unfinished)
    {
        char next = Next ?? throw Fault($"an unfinished {unfinished}");
        Position++;
        return next;
    }

    public bool Takes(string text)
    {
        bool found = string.CompareOrdinal(pattern, Position, text, 0, text.Length) == 0;
        Position += found ? text.Length : 0;
        return found;
    }

    public string TakeUntil(char end, string what)
    {
        int length = pattern.AsSpan(Position).IndexOf(end);
        if (length < 0)
            throw Fault($"an unfinished {what}");
        string taken = pattern.Substring(Position, length);
        Position += length + 1;
        return taken;
    }

    /// <summary>Takes up to <paramref name="most"/> digits of a base of 8, 10 or 16.</summary>
    public string TakeDigits(int numberBase, int most)
    {
        int start = Position;
        while (Position - start < most && IsDigit(Next, numberBase))
        {
            Position++;
        }

        return pattern[start..Position];
    }

    public static bool IsDigit(char? character, int numberBase) => character switch
    {
        >= '0' and <= '7' => true,
        '8' or '9' => numberBase > 8,
        { } other => numberBase == 16 && char.IsAsciiHexDigit(other),
        null => false,
    };

    /// <summary>The character of an escape, after its first character, that means the same inside and outside of a class.</summary>
    public char EscapedCharacter(char escaped) => escaped switch
    {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'f' => '\f',
        'v' => '\v',
        'a' => '\a',
        'x' => Hexadecimal(2),
        'u' => Hexadecimal(4),
        'U' => Hexadecimal(8),
        'N' => throw Unsupported("a character given by its name (\\N)"),
        _ when !char.IsAsciiLetterOrDigit(escaped) => escaped,
        _ => throw Fault($"the unknown escape \\{escaped}"),
    };

    /// <summary>A character that the expression contains itself, or by its number.</summary>
    public char Character(int value) => value is > 0xFFFF or (>= 0xD800 and <= 0xDFFF)
        ? throw Unsupported("a surrogate or a character beyond U+FFFF")
        : (char)value;

    /// <summary>What the expression has and Python does not accept.</summary>
    public PythonExpressionException Fault(string what) => new($"{what} at or before position {Position}");

    /// <summary>What the expression has and this library does not support.</summary>
    public PythonExpressionException Unsupported(string what) =>
        new($"{what} at or before position {Position}, which is not supported; rewrite it");

    private char Hexadecimal(int length)
    {
        string digits = TakeDigits(16, length);
        return digits.Length < length
            ? throw Fault("an escape with too few hexadecimal digits")
            : Character((int)Math.Min(
                0x110000, long.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)));
    }
}
