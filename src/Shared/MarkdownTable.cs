using System.Text;

namespace MedR1;

/// <summary>Writes Markdown tables; cells are escaped, so that their content can't end them.</summary>
internal static class MarkdownTable
{
    /// <summary>Writes a table; the first row is the header.</summary>
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

    /// <summary>The text of a cell. Text from a model or a file must not end the cell or start a tag on the page.</summary>
    public static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal).ReplaceLineEndings(" ");
}
