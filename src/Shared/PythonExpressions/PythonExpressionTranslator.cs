using System.Globalization;
using System.Text;

namespace MedR1;

/// <summary>
/// Translates a Python expression for .NET's engine, which then runs over <see cref="CodePointText"/>. It reads expressions as
/// Python's own parser does and refuses what that refuses.
/// </summary>
internal sealed class PythonExpressionTranslator
{
    private readonly PythonExpressionSource _source;
    private readonly PythonExpressionGroups _groups;
    private readonly StringBuilder _output = new();
    private bool _repeatsNothingLazily;
    private bool _hasConditions;

    private PythonExpressionTranslator(string pattern)
    {
        _source = new PythonExpressionSource(pattern);
        _groups = new PythonExpressionGroups(_source);
    }

    private enum ItemKind
    {
        None,
        Anchor,
        Repetition,
        Other,
    }

    /// <summary>Returns the expression for .NET, and whether it has a lazy quantifier after something that may match nothing.</summary>
    public static (string Net, bool RepeatsNothingLazily) Translate(string pattern, PythonExpressionFlags flags)
    {
        PythonExpressionTranslator translator = new(pattern);
        PythonExpressionSource source = translator._source;
        flags |= PythonExpressionInlineFlags.ReadGlobal(source, flags);
        translator.Alternatives(flags);
        if (source.Next is not null)
            throw source.Fault("a closing parenthesis without an opening one");
        translator._groups.RequireAsked();
        if (translator._repeatsNothingLazily && translator._hasConditions)
        {
            throw source.Unsupported(
                "both a condition such as (?(1)a|b) and a lazy quantifier after something that may match nothing");
        }

        return (translator._output.ToString(), translator._repeatsNothingLazily);
    }

    private PythonExpressionWidth Alternatives(PythonExpressionFlags flags)
    {
        PythonExpressionWidth width = Sequence(flags);
        while (_source.Takes("|"))
        {
            _output.Append('|');
            width = width.Or(Sequence(flags));
        }

        return width;
    }

    private PythonExpressionWidth Sequence(PythonExpressionFlags flags)
    {
        PythonExpressionWidth width = PythonExpressionWidth.None;
        PythonExpressionWidth lastWidth = width;
        ItemKind last = ItemKind.None;
        int start = _output.Length;
        while (_source.Next is not (null or '|' or ')'))
        {
            char character = _source.Take("expression");
            if (PythonExpressionInlineFlags.IsSkipped(_source, character, flags))
                continue;
            if (PythonExpressionQuantifier.Read(_source, character) is { } quantifier)
            {
                if (last is ItemKind.None or ItemKind.Anchor)
                    throw _source.Fault("nothing to repeat");
                if (last is ItemKind.Repetition)
                    throw _source.Fault("a repetition of a repetition");
                quantifier.Apply(_output, start);
                _repeatsNothingLazily |= quantifier.Manner == '?' && lastWidth.Least == 0;
                lastWidth = lastWidth.Times(quantifier.Least, quantifier.Most);
                last = ItemKind.Repetition;
                continue;
            }

            width = width.Then(lastWidth);
            start = _output.Length;
            (last, lastWidth) = Item(character, flags);
        }

        return width.Then(lastWidth);
    }

    private (ItemKind Kind, PythonExpressionWidth Width) Item(char character, PythonExpressionFlags flags)
    {
        switch (character)
        {
            case '\\':
                return Escape(flags);
            case '[':
                return Add(PythonExpressionSet.Read(_source, flags.HasFlag(PythonExpressionFlags.IgnoreCase)));
            case '(':
                return (ItemKind.Other, Group(flags));
            case '.':
                return Add(flags.HasFlag(PythonExpressionFlags.DotAll) ? @"[\s\S]" : @"[^\n]");
            case '^':
                return Anchor(flags.HasFlag(PythonExpressionFlags.Multiline) ? @"(?:\A|(?<=\n))" : @"\A");
            case '$':
                return Anchor(flags.HasFlag(PythonExpressionFlags.Multiline) ? @"(?=\n|\z)" : @"(?=\n?\z)");
            default:
                return Add(Literal(_source.Character(character), flags));
        }
    }

    private (ItemKind Kind, PythonExpressionWidth Width) Escape(PythonExpressionFlags flags)
    {
        char escaped = _source.Take("escape");
        if (PythonExpressionSet.Shorthand(escaped) is string body)
            return Add($"[{body}]");
        if (char.IsAsciiDigit(escaped))
            return Number(flags);
        string word = PythonClasses.Word;
        return escaped switch
        {
            'b' => Anchor($"(?:(?<=[{word}])(?![{word}])|(?<![{word}])(?=[{word}]))"),

            // In an empty text, Python 3.13 and earlier find none.
            'B' => Anchor($@"(?:(?<=[{word}])(?=[{word}])|(?<![{word}])(?![{word}])(?!\A\z))"),
            'A' => Anchor(@"\A"),
            'Z' => Anchor(@"\z"),
            _ => Add(Literal(_source.Character(_source.EscapedCharacter(escaped)), flags)),
        };
    }

    // A character's octal number if it begins with 0 or has three octal digits, else a back reference with one or two digits.
    private (ItemKind Kind, PythonExpressionWidth Width) Number(PythonExpressionFlags flags)
    {
        int start = --_source.Position;
        bool isOctal = _source.Next == '0' || _source.TakeDigits(8, 3).Length == 3;
        _source.Position = start;
        if (!isOctal)
            return (ItemKind.Other, Reference(int.Parse(_source.TakeDigits(10, 2), CultureInfo.InvariantCulture), flags));
        int value = _source.TakeDigits(8, 3).Aggregate(0, (sum, digit) => (sum * 8) + (digit - '0'));
        return value > 255
            ? throw _source.Fault($"the octal number {value} above 255")
            : Add(Literal((char)value, flags));
    }

    private PythonExpressionWidth Reference(int number, PythonExpressionFlags flags)
    {
        PythonExpressionWidth width = _groups.Referred(number);
        string reference = string.Create(CultureInfo.InvariantCulture, $@"\k<{number}>");
        _output.Append(flags.HasFlag(PythonExpressionFlags.IgnoreCase) ? $"(?i:{reference})" : reference);
        return width;
    }

    private PythonExpressionWidth Group(PythonExpressionFlags flags)
    {
        if (!_source.Takes("?"))
            return Capture(null, flags);
        if (_source.Takes("P<"))
            return Capture(_source.TakeUntil('>', "name"), flags);
        if (_source.Takes("P="))
            return Reference(_groups.NumberOf(_source.TakeUntil(')', "name")), flags);
        if (_source.Takes("("))
            return Condition(_source.TakeUntil(')', "condition"), flags);
        foreach (string kind in (ReadOnlySpan<string>)["=", "!", "<=", "<!"])
        {
            if (_source.Takes(kind))
                return Lookaround(kind, flags);
        }

        string opening = _source.Takes(">") ? "(?>" : "(?:";
        if (opening == "(?:")
            flags = PythonExpressionInlineFlags.ReadScoped(_source, flags);
        return Enclosed(opening, () => Alternatives(flags));
    }

    private PythonExpressionWidth Capture(string? name, PythonExpressionFlags flags)
    {
        int number = _groups.Open(name);
        PythonExpressionWidth width = Enclosed(
            string.Create(CultureInfo.InvariantCulture, $"(?<{number}>"), () => Alternatives(flags));
        _groups.Close(number, width);
        return width;
    }

    private PythonExpressionWidth Lookaround(string kind, PythonExpressionFlags flags)
    {
        bool isLookbehind = kind[0] == '<';
        PythonExpressionWidth width = Enclosed($"(?{kind}", () => Alternatives(flags), isLookbehind);
        return !isLookbehind || width.IsFixed
            ? PythonExpressionWidth.None
            : throw _source.Fault("a lookbehind at texts of different lengths");
    }

    private PythonExpressionWidth Condition(string group, PythonExpressionFlags flags)
    {
        int number = group.AsSpan().ContainsAnyExceptInRange('0', '9') ? _groups.NumberOf(group)
            : int.TryParse(group, NumberStyles.None, CultureInfo.InvariantCulture, out int given) && given > 0 ? given
            : throw _source.Fault($"a condition on the group '{group}'");
        _groups.AskFor(number);
        _hasConditions = true;
        return Enclosed(string.Create(CultureInfo.InvariantCulture, $"(?({number})"), Branches);

        PythonExpressionWidth Branches()
        {
            PythonExpressionWidth width = Sequence(flags);
            if (!_source.Takes("|"))
                return width.Or(PythonExpressionWidth.None);
            _output.Append('|');
            width = width.Or(Sequence(flags));
            return _source.Next == '|' ? throw _source.Fault("a condition with more than two branches") : width;
        }
    }

    private PythonExpressionWidth Enclosed(string opening, Func<PythonExpressionWidth> read, bool isLookbehind = false)
    {
        _output.Append(opening);
        PythonExpressionWidth width = _groups.Inside(isLookbehind, read);
        _source.Position++;
        _output.Append(')');
        return width;
    }

    private (ItemKind Kind, PythonExpressionWidth Width) Add(string character)
    {
        _output.Append(character);
        return (ItemKind.Other, PythonExpressionWidth.One);
    }

    private (ItemKind Kind, PythonExpressionWidth Width) Anchor(string anchor)
    {
        _output.Append(anchor);
        return (ItemKind.Anchor, PythonExpressionWidth.None);
    }

    private static string Literal(char character, PythonExpressionFlags flags) =>
        flags.HasFlag(PythonExpressionFlags.IgnoreCase)
            ? $"[{PythonClasses.InAnyCase(character, character)}]"
            : PythonClasses.Escape(character);
}
