using System.Globalization;
using System.Text;

namespace MedR1;

/// <summary>Translates the classes of a Python expression, which begin with a bracket.</summary>
internal static class PythonExpressionSet
{
    /// <summary>Returns the .NET class; the source is after the opening bracket.</summary>
    public static string Read(PythonExpressionSource source, bool ignoresCase)
    {
        bool negated = source.Takes("^");
        StringBuilder body = new();
        for (bool first = true; first || source.Next != ']'; first = false)
        {
            string? shorthand = Member(source, out char low);
            char high = low;
            bool isRange = source.Takes("-");
            if (isRange && source.Next != ']')
            {
                if (shorthand is not null || Member(source, out high) is not null || high < low)
                    throw source.Fault("an invalid character range");
                isRange = false;
            }

            body.Append(shorthand ?? (ignoresCase ? PythonClasses.InAnyCase(low, high) : Range(low, high)));

            // A hyphen before the closing bracket is one of the members.
            body.Append(isRange ? PythonClasses.Escape('-') : "");
        }

        source.Position++;
        return $"[{(negated ? "^" : "")}{body}]";
    }

    /// <summary>The body of a shorthand such as <c>\d</c>; null for other escapes.</summary>
    public static string? Shorthand(char escaped) => escaped switch
    {
        'w' => PythonClasses.Word,
        'W' => PythonClasses.NotWord,
        'd' => PythonClasses.Digit,
        'D' => PythonClasses.NotDigit,
        's' => PythonClasses.Space,
        'S' => PythonClasses.NotSpace,
        _ => null,
    };

    // The surrogates that stand for characters beyond U+FFFF must not match a range up to U+FFFF.
    private static string Range(char low, char high) => low < '\uD800' && high > '\uDFFF'
        ? Range(low, '\uD7FF') + Range('\uE000', high)
        : $"{PythonClasses.Escape(low)}-{PythonClasses.Escape(high)}";

    /// <summary>The body of a shorthand class, or null with the single character in <paramref name="character"/>.</summary>
    private static string? Member(PythonExpressionSource source, out char character)
    {
        character = source.Take("class");
        if (character != '\\')
        {
            source.Character(character);
            return null;
        }

        char escaped = source.Take("escape");
        if (Shorthand(escaped) is string body)
            return body;
        character = PythonExpressionSource.IsDigit(escaped, 8) ? Octal(source)
            : escaped == 'b' ? '\b'
            : source.Character(source.EscapedCharacter(escaped));
        return null;
    }

    // In a class, there are no back references.
    private static char Octal(PythonExpressionSource source)
    {
        source.Position--;
        int value = source.TakeDigits(8, 3).Aggregate(0, (sum, digit) => (sum * 8) + (digit - '0'));
        return value > 255
            ? throw source.Fault($"the octal number {value.ToString(CultureInfo.InvariantCulture)} above 255")
            : (char)value;
    }
}
