using System.Globalization;
using System.Text;

namespace MedR1.Rewards;

/// <summary>Translates a Python expression for .NET's engine, which then runs over <see cref="CodePointText"/>.</summary>
internal sealed class PythonRegexTranslator(string pattern, PythonRegexOptions options)
{
    private readonly StringBuilder _output = new();
    private int _position;
    private int _groups;

    public string Translate()
    {
        while (_position < pattern.Length)
        {
            char character = pattern[_position++];
            switch (character)
            {
                case '\\':
                    _output.Append(Escape());
                    break;
                case '[':
                    Class();
                    break;
                case '(':
                    Group();
                    break;
                case '.':
                    _output.Append(options.HasFlag(PythonRegexOptions.DotAll) ? @"[\s\S]" : @"[^\n]");
                    break;
                case '^':
                    _output.Append(options.HasFlag(PythonRegexOptions.Multiline) ? @"(?:\A|(?<=\n))" : @"\A");
                    break;
                case '$':
                    _output.Append(options.HasFlag(PythonRegexOptions.Multiline) ? @"(?=\n|\z)" : @"(?=\n?\z)");
                    break;
                case '*' or '+' or '?' or ')' or '|' or '{' or '}':
                    Possessive(character);
                    _output.Append(character);

                    // {,n} means 0 to n in Python, but is literal text in .NET.
                    if (character == '{' && BeginsAtNone())
                    {
                        _output.Append('0');
                    }

                    break;
                default:
                    _output.Append(Literal(character));
                    break;
            }
        }

        return _output.ToString();
    }

    private bool BeginsAtNone()
    {
        ReadOnlySpan<char> rest = pattern.AsSpan(_position);
        int end = rest.IndexOf('}');
        return end > 0 && rest[0] == ',' && !rest[1..end].ContainsAnyExceptInRange('0', '9');
    }

    private void Possessive(char character)
    {
        if (character is '*' or '+' or '?' or '}' && _position < pattern.Length && pattern[_position] == '+')
        {
            throw Fault("a possessive quantifier");
        }
    }

    private string Literal(char character)
    {
        if (char.IsSurrogate(character))
        {
            throw Fault("a surrogate or a character beyond U+FFFF");
        }

        // Digits and commas may belong to a quantifier such as {2,3}.
        return character is >= '0' and <= '9' or ',' ? character.ToString()
            : options.HasFlag(PythonRegexOptions.IgnoreCase) ? $"[{PythonClasses.InAnyCase(character, character)}]"
            : PythonClasses.Escape(character);
    }

    private void Group()
    {
        if (!Takes("?"))
        {
            _output.Append(CultureInfo.InvariantCulture, $"(?<{++_groups}>");
            return;
        }

        foreach (string kind in (ReadOnlySpan<string>)[":", "=", "!", "<=", "<!"])
        {
            if (Takes(kind))
            {
                _output.Append("(?").Append(kind);
                return;
            }
        }

        int end = pattern.IndexOf('>', _position);
        if (!Takes("P<") || end < 0)
        {
            throw Fault("a group of this kind");
        }

        // Python numbers named groups with the others; .NET would number them last.
        _position = end + 1;
        _output.Append(CultureInfo.InvariantCulture, $"(?<{++_groups}>");
    }

    private string Escape()
    {
        char escaped = Next();
        string word = PythonClasses.Word;
        return ClassOf(escaped) is string body ? $"[{body}]" : escaped switch
        {
            'b' => $"(?:(?<=[{word}])(?![{word}])|(?<![{word}])(?=[{word}]))",

            // In an empty text, Python 3.13 and earlier find none.
            'B' => $@"(?:(?<=[{word}])(?=[{word}])|(?<![{word}])(?![{word}])(?!\A\z))",
            'A' => @"\A",
            'Z' => @"\z",
            _ => Literal(EscapedCharacter(escaped)),
        };
    }

    private void Class()
    {
        bool negated = Takes("^");
        StringBuilder body = new();
        for (bool first = true; first || _position >= pattern.Length || pattern[_position] != ']'; first = false)
        {
            if (ClassMember(out char low) is string shorthand)
            {
                body.Append(shorthand);
                continue;
            }

            char high = low;
            if (_position + 1 < pattern.Length && pattern[_position] == '-' && pattern[_position + 1] != ']')
            {
                _position++;
                if (ClassMember(out high) is not null || high < low)
                {
                    throw Fault("an invalid character range");
                }
            }

            body.Append(options.HasFlag(PythonRegexOptions.IgnoreCase)
                ? PythonClasses.InAnyCase(low, high)
                : Range(low, high));
        }

        _position++;
        _output.Append(negated ? "[^" : "[").Append(body).Append(']');
    }

    // The surrogates that stand for characters beyond U+FFFF must not match a range up to U+FFFF.
    private static string Range(char low, char high) => low < '\uD800' && high > '\uDFFF'
        ? Range(low, '\uD7FF') + Range('\uE000', high)
        : $"{PythonClasses.Escape(low)}-{PythonClasses.Escape(high)}";

    /// <summary>The body of a shorthand class, or null with the single character in <paramref name="character"/>.</summary>
    private string? ClassMember(out char character)
    {
        character = Next();
        if (character == '\\')
        {
            char escaped = Next();
            if (ClassOf(escaped) is string body)
            {
                return body;
            }

            character = escaped == 'b' ? '\b' : EscapedCharacter(escaped);
        }

        return char.IsSurrogate(character) ? throw Fault("a surrogate or a character beyond U+FFFF") : null;
    }

    private static string? ClassOf(char escaped) => escaped switch
    {
        'w' => PythonClasses.Word,
        'W' => PythonClasses.NotWord,
        'd' => PythonClasses.Digit,
        'D' => PythonClasses.NotDigit,
        's' => PythonClasses.Space,
        'S' => PythonClasses.NotSpace,
        _ => null,
    };

    private char EscapedCharacter(char escaped) => escaped switch
    {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'f' => '\f',
        'v' => '\v',
        'a' => '\a',
        'x' => Hexadecimal(2),
        'u' => Hexadecimal(4),
        _ when !char.IsAsciiLetterOrDigit(escaped) => escaped,
        _ => throw Fault($"\\{escaped}"),
    };

    private char Hexadecimal(int digits)
    {
        string text = pattern.Substring(_position, Math.Min(digits, pattern.Length - _position));
        _position += text.Length;
        return text.Length == digits && text.All(char.IsAsciiHexDigit)
            ? (char)int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
            : throw Fault("an escape with too few hexadecimal digits");
    }

    private char Next() =>
        _position < pattern.Length ? pattern[_position++] : throw Fault("an unfinished escape or class");

    private bool Takes(string text)
    {
        bool found = string.CompareOrdinal(pattern, _position, text, 0, text.Length) == 0;
        _position += found ? text.Length : 0;
        return found;
    }

    private ArgumentException Fault(string what) => new(
        $"The expression '{pattern}' has {what} at or before position {_position}, which PythonRegex does not support; "
            + "rewrite it.",
        nameof(pattern));
}
