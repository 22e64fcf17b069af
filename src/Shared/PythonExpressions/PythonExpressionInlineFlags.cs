namespace MedR1;

/// <summary>Flags inside of a Python expression, such as <c>(?i)</c> and <c>(?s-i:…)</c>, and what the flag <c>x</c> skips.</summary>
internal static class PythonExpressionInlineFlags
{
    private const string Unfinished = "group of flags";

    /// <summary>Reads flags at the start of the expression, which hold for all of it.</summary>
    public static PythonExpressionFlags ReadGlobal(PythonExpressionSource source, PythonExpressionFlags flags)
    {
        while (true)
        {
            int start = source.Position;
            if (source.Next is { } next && IsSpace(next, flags))
            {
                source.Take(Unfinished);
                IsSkipped(source, next, flags);
            }
            else if (source.Takes("(?#"))
            {
                source.TakeUntil(')', "comment");
            }
            else if (!source.Takes("(?") || source.Next is not { } first || !char.IsAsciiLetter(first) || first == 'P')
            {
                source.Position = start;
                return flags;
            }
            else
            {
                (PythonExpressionFlags added, char end) = Letters(source);
                if (end != ')')
                {
                    source.Position = start;
                    return flags;
                }

                flags |= added;
            }
        }
    }

    /// <summary>Reads what is between <c>(?</c> and the colon and returns the flags after it.</summary>
    public static PythonExpressionFlags ReadScoped(PythonExpressionSource source, PythonExpressionFlags flags)
    {
        (PythonExpressionFlags added, char end) = Letters(source);
        PythonExpressionFlags removed = PythonExpressionFlags.None;
        if (end == '-')
        {
            int start = source.Position;
            (removed, end) = Letters(source, areRemoved: true);
            if (source.Position == start + 1 || (added & removed) != 0)
                throw source.Fault("flags that are missing, or turned on and off at once");
        }

        return end switch
        {
            ':' => (flags | added) & ~removed,
            ')' => throw source.Fault("flags for all of the expression that are not at its start"),
            _ => throw source.Fault("a group of an unknown kind"),
        };
    }

    /// <summary>Skips what a character begins that has no meaning: a comment, and with the flag <c>x</c>, white space.</summary>
    public static bool IsSkipped(PythonExpressionSource source, char character, PythonExpressionFlags flags)
    {
        if (character == '(' && source.Takes("?#"))
        {
            source.TakeUntil(')', "comment");
            return true;
        }

        if (!IsSpace(character, flags))
            return false;
        while (character == '#' && source.Next is { } next)
        {
            source.Position++;
            if (next == '\n')
                break;
        }

        return true;
    }

    private static bool IsSpace(char character, PythonExpressionFlags flags) =>
        flags.HasFlag(PythonExpressionFlags.Verbose) && character is ' ' or (>= '\t' and <= '\r') or '#';

    // The letters, and the character after them.
    private static (PythonExpressionFlags Flags, char End) Letters(PythonExpressionSource source, bool areRemoved = false)
    {
        PythonExpressionFlags flags = PythonExpressionFlags.None;
        while (true)
        {
            char letter = source.Take(Unfinished);
            if (!char.IsAsciiLetter(letter))
                return (flags, letter);
            flags |= letter switch
            {
                's' => PythonExpressionFlags.DotAll,
                'i' => PythonExpressionFlags.IgnoreCase,
                'm' => PythonExpressionFlags.Multiline,
                'x' => PythonExpressionFlags.Verbose,
                'u' when areRemoved => throw source.Fault("the flag 'u' turned off"),
                'u' => PythonExpressionFlags.None,
                'a' => throw source.Unsupported("the flag 'a'"),
                _ => throw source.Fault($"the unknown flag '{letter}'"),
            };
        }
    }
}
