using System.Text.RegularExpressions;

namespace MedR1.Rewards;

/// <summary>Finds the contents of boxes, <c>\boxed{…}</c> or <c>\fbox{…}</c>, by math-verify's rules.</summary>
internal static partial class BoxedContent
{
    // Boxes fewer than this many characters apart are one answer, whatever is between them.
    private const int Near = 10;

    // Boxes fewer than this many characters apart are one answer if a comma, a semicolon, "and" or "or" is between them.
    private const int Far = 70;

    private static readonly string[] s_commands = [@"\boxed", @"\fbox"];

    /// <summary>The contents of a text's boxes with commas between them; the text itself if it has no box.</summary>
    /// <param name="text">The text.</param>
    /// <param name="lastOnly">
    /// Whether only the last box counts, together with preceding boxes that belong to the same answer.
    /// </param>
    public static string Of(string text, bool lastOnly)
    {
        List<string> contents = [];
        int end = text.Length;
        int? nextStart = null;
        while (LastBefore(text, end) is (int start, int inside))
        {
            int close = inside < end && text[inside] == '{' ? ClosingBrace(text, inside, end) : -1;
            if (close < 0)
            {
                // The content of an unclosed box counts only if no other box does.
                if (contents.Count == 0 && inside < end)
                {
                    contents.Add(text[inside..]);
                }

                break;
            }

            string content = text[(inside + 1)..close].Trim();
            if (lastOnly && nextStart is int next && !BelongTogether(content, contents[^1], text[(close + 1)..next]))
            {
                break;
            }

            if (contents.Count == 0 || contents[^1] != content)
            {
                contents.Add(content);
            }

            nextStart = start;
            end = start;
        }

        contents.Reverse();
        return contents.Count == 0 ? text : string.Join(',', contents);
    }

    private static bool BelongTogether(string content, string next, string between) =>
        between.Length < Near
        || (content != next && between.Length < Far && SeparatorPattern().IsMatch(between));

    private static (int Start, int Inside)? LastBefore(string text, int end)
    {
        int start = -1;
        int inside = -1;
        foreach (string command in s_commands)
        {
            int found = end == 0 ? -1 : text.LastIndexOf(command, end - 1, StringComparison.Ordinal);
            if (found > start)
            {
                (start, inside) = (found, found + command.Length);
            }
        }

        while (inside >= 0 && inside < end && char.IsWhiteSpace(text[inside]))
        {
            inside++;
        }

        return start < 0 ? null : (start, inside);
    }

    private static int ClosingBrace(string text, int open, int end)
    {
        int depth = 0;
        for (int i = open; i < end; i++)
        {
            depth += text[i] == '{' ? 1 : text[i] == '}' ? -1 : 0;
            if (depth == 0)
            {
                return i;
            }
        }

        return -1;
    }

    [GeneratedRegex(@"\b(?:and|or)\b|[,;]", RegexOptions.CultureInvariant)]
    private static partial Regex SeparatorPattern();
}
