using System.Text;

namespace MedR1.Evaluation.Reports;

/// <summary>
/// Writes sections as Markdown; figures are links to PNG files next to the document, and the numbers of a heat map are listed below
/// it.
/// </summary>
internal static class MarkdownDocument
{
    public static string Write(string title, IEnumerable<DocumentSection> sections)
    {
        StringBuilder text = new($"# {title}\n");
        foreach (DocumentSection section in sections)
        {
            text.Append('\n').Append('#', section.Level).Append($" {section.Heading}\n");
            foreach (string paragraph in section.Paragraphs)
            {
                text.Append($"\n{paragraph}\n");
            }

            foreach (DocumentTable table in section.Tables)
            {
                text.Append('\n').Append(MarkdownTable.Write(table.Rows));
            }

            foreach ((string name, Figure figure) in section.Figures)
            {
                text.Append($"\n![{figure.Title}]({name}.png)\n\n{string.Join("  \n", figure.Caption)}\n");
                if (figure is HeatMap map)
                {
                    text.Append('\n').Append(MarkdownTable.Write(Numbers(map)));
                }
            }
        }

        return text.ToString();
    }

    private static IReadOnlyList<IReadOnlyList<string>> Numbers(HeatMap map) =>
    [
        [$"{map.RowAxis} ↓, {map.ColumnAxis} →", .. map.Columns],
        .. map.Rows.Select(row => (IReadOnlyList<string>)[row.Label, .. row.Cells.Select(Number)]),
    ];

    private static string Number(HeatMapCell? cell)
    {
        if (cell is null)
        {
            return "–";
        }

        string number = cell.IsMarked ? $"**{cell.Text}**" : cell.Text;
        return cell.Detail.Length == 0 ? number : $"{number} ({cell.Detail})";
    }
}
