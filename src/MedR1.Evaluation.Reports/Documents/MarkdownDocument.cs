using System.Text;

namespace MedR1.Evaluation.Reports;

/// <summary>Writes sections as Markdown; figures are links to PNG files beside the document.</summary>
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
            }
        }

        return text.ToString();
    }
}
