using System.Net;
using System.Text;

namespace MedR1.Evaluation.Reports;

/// <summary>Writes sections as one self-contained HTML file: styles and figures are embedded.</summary>
internal static class HtmlDocument
{
    private const string Style = """
        body { font-family: "DejaVu Sans", Verdana, sans-serif; color: #1f2430; background: #fff; margin: 2rem auto; max-width: 74rem;
          padding: 0 1.5rem; line-height: 1.5; font-size: 15px; }
        h1 { font-size: 1.7rem; } h2 { margin-top: 2.6rem; border-bottom: 1px solid #d9dde3; padding-bottom: .3rem; }
        h3 { margin-top: 2rem; } p { max-width: 56rem; }
        nav ul { columns: 2; } nav a { color: #2171b5; }
        .wide { overflow-x: auto; } table { border-collapse: collapse; margin: 1rem 0; font-size: .82rem; }
        th, td { padding: .35rem .5rem; border-bottom: 1px solid #d9dde3; text-align: right; vertical-align: top; }
        td:not(.text) { white-space: nowrap; }
        th { background: #f0f1f3; } .text { text-align: left; }
        td.text { max-width: 34rem; overflow-wrap: break-word; }
        figure { margin: 1.2rem 0; overflow-x: auto; } svg { max-width: 100%; height: auto; }
        @media screen and (max-width: 46rem) { body { padding: 0 .8rem; } nav ul { columns: 1; } svg { max-width: none; } }
        @media print { figure, table { break-inside: avoid; } }
        """;

    public static string Write(string title, IReadOnlyList<DocumentSection> sections)
    {
        StringBuilder page = new();
        page.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
            .Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
            .Append($"<title>{Encode(title)}</title>\n<style>\n{Style}\n</style>\n</head>\n")
            .Append($"<body>\n<h1>{Encode(title)}</h1>\n")
            .Append("<nav><ul>\n");
        for (int i = 0; i < sections.Count; i++)
        {
            page.Append($"<li><a href=\"#s{i}\">{Encode(sections[i].Heading)}</a></li>\n");
        }

        page.Append("</ul></nav>\n");
        for (int i = 0; i < sections.Count; i++)
        {
            Section(page, sections[i], i);
        }

        return page.Append("</body>\n</html>\n").ToString();
    }

    private static void Section(StringBuilder page, DocumentSection section, int index)
    {
        page.Append($"<h{section.Level} id=\"s{index}\">{Encode(section.Heading)}</h{section.Level}>\n");
        foreach (string paragraph in section.Paragraphs)
        {
            page.Append($"<p>{Encode(paragraph)}</p>\n");
        }

        foreach (DocumentTable table in section.Tables)
        {
            Table(page, table);
        }

        foreach ((_, Figure figure) in section.Figures)
        {
            page.Append("<figure>\n").Append(figure.ToSvg()).Append("</figure>\n");
        }
    }

    private static void Table(StringBuilder page, DocumentTable table)
    {
        string[] classes =
        [
            .. Enumerable.Range(0, table.Rows[0].Count)
                .Select(column => table.Rows.Skip(1).Any(row => IsText(row[column])) ? " class=\"text\"" : ""),
        ];
        page.Append("<div class=\"wide\"><table>\n<thead><tr>");
        for (int column = 0; column < classes.Length; column++)
        {
            page.Append($"<th{classes[column]}>{Encode(table.Rows[0][column])}</th>");
        }

        page.Append("</tr></thead>\n<tbody>\n");
        foreach (IReadOnlyList<string> row in table.Rows.Skip(1))
        {
            page.Append("<tr>");
            for (int column = 0; column < row.Count; column++)
            {
                page.Append($"<td{classes[column]}>{Encode(row[column])}</td>");
            }

            page.Append("</tr>\n");
        }

        page.Append("</tbody>\n</table></div>\n");
    }

    // Text columns are left-aligned, number columns right-aligned. A cell with many letters is text even if it starts with a digit,
    // as a model's answer may.
    private static bool IsText(string cell) => cell.Count(char.IsLetter) > 12
        || !(cell.Length == 0 || char.IsAsciiDigit(cell[0]) || cell[0] is '+' or '-' or '–'
            || cell.StartsWith("< ", StringComparison.Ordinal));

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
