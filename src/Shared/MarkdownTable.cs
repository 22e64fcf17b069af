using System.Text;

namespace MedR1;

/// <summary>Writes tables in Markdown; what a cell holds can't end it.</summary>
internal static class MarkdownTable
{
    /// <summary>A table; the first row is its head.</summary>
    public static string Write(IReadOnlyList<IReadOnlyList<string>> rows)
    {
        StringBuilder text = new();
        for (int i = 0; i < rows.Count; i++)
        {
            text.Append("| ").AppendJoin(" | ", rows[i].Select(Cell)).Append(" |\n");
            if (i == 0)
            {
                text.Append('|').Insert(text.Length, " --- |", rows[0].Count).Append('\n');
            }
        }

        return text.ToString();
    }

    // Text of a model must not end a cell or start a tag of the page.
    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal).ReplaceLineEndings(" ");
}
