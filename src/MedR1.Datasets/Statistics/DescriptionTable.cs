using System.Globalization;
using System.Text;

namespace MedR1.Datasets;

/// <summary>Writes a description as a Markdown table with aligned columns, and why a size is missing.</summary>
internal static class DescriptionTable
{
    public static string Write(DatasetDescription description)
    {
        List<(string What, string Value, string Count)> rows =
        [
            (MarkdownTable.Cell(description.Name), "", "count"),
            ("---", "---", "---:"),
            ("examples", "", Number(description.Examples)),
            ("images", "", Number(description.Images)),
        ];
        Add(rows, "modality", description.ByModality);
        Add(rows, "question type", description.ByQuestionType);
        Add(rows, "data set", description.ByDataset);
        Add(rows, "options", description.ByOptionCount);
        Add(rows, "right letter", description.ByAnswerLetter);
        Add(rows, "images per example", description.ByImageCount);
        if (description.Sizes is ImageSizes sizes)
        {
            string width = $"{sizes.MinWidth} to {sizes.MaxWidth}, median {sizes.MedianWidth}";
            string height = $"{sizes.MinHeight} to {sizes.MaxHeight}, median {sizes.MedianHeight}";
            rows.Add(("width", width, Number(sizes.Read)));
            rows.Add(("height", height, Number(sizes.Read)));
            rows.Add(("size unreadable", "", Number(sizes.Unreadable)));
        }

        int what = rows.Max(row => row.What.Length);
        int value = rows.Max(row => row.Value.Length);
        int count = rows.Max(row => row.Count.Length);
        StringBuilder text = new();
        foreach ((string first, string second, string third) in rows)
        {
            text.Append("| ").Append(first.PadRight(what)).Append(" | ").Append(second.PadRight(value)).Append(" | ")
                .Append(third.PadLeft(count)).Append(" |\n");
        }

        if (description.Sizes?.FirstUnreadable is string reason)
        {
            text.Append("\nThe first image whose size is unreadable is ").Append(MarkdownTable.Cell(reason)).Append('\n');
        }

        return text.ToString();
    }

    private static void Add(
        List<(string What, string Value, string Count)> rows, string what, IReadOnlyDictionary<string, int> counts)
    {
        foreach ((string value, int count) in counts)
        {
            rows.Add((what, MarkdownTable.Cell(value), Number(count)));
        }
    }

    private static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
