namespace MedR1.Evaluation.Reports;

/// <summary>
/// Estimates text widths for the layout, slightly wider than in DejaVu Sans, so that the same layout works in a browser with a
/// different font.
/// </summary>
internal static class TextSize
{
    public static double Width(string text, double size, bool bold = false) =>
        text.Sum(CharacterWidth) * size * (bold ? 1.12 : 1.03);

    /// <summary>
    /// Breaks a text at spaces into lines of at most <paramref name="width"/> pixels; a longer word gets its own line.
    /// </summary>
    public static IReadOnlyList<string> Wrap(string text, double size, double width)
    {
        List<string> lines = [];
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string longer = lines.Count == 0 ? word : $"{lines[^1]} {word}";
            if (lines.Count > 0 && Width(longer, size) <= width)
            {
                lines[^1] = longer;
            }
            else
            {
                lines.Add(word);
            }
        }

        return lines;
    }

    private static double CharacterWidth(char character) => character switch
    {
        'i' or 'j' or 'l' or 'I' or '.' or ',' or ':' or ';' or '\'' or '|' or ' ' or '!' => 0.34,
        'f' or 't' or 'r' or '(' or ')' or '[' or ']' or '-' or '/' => 0.42,
        'm' or 'w' or 'M' or 'W' or '%' or '@' or '→' => 0.98,
        >= 'A' and <= 'Z' => 0.72,
        _ => 0.63,
    };
}
