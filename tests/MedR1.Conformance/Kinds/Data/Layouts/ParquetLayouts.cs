using System.Text.Json;
using MedR1.Datasets;
using MedR1.Datasets.Parquet;

namespace MedR1.Conformance;

/// <summary>Parquet with the columns of several published sets, loaded and streamed.</summary>
internal static class ParquetLayouts
{
    private static readonly string[] s_furtherColumns = ["kind", "score", "n", "ok"];

    public static void Check(ConformanceCase conformanceCase, Checker checker)
    {
        JsonElement items = conformanceCase.Expected.GetProperty("items");
        JsonElement path = conformanceCase.Inputs.TryGetProperty("file", out JsonElement file)
            ? file : conformanceCase.Inputs.GetProperty("root");
        ParquetDatasetOptions options = new() { Table = new TableOptions { MissingTexts = MissingTextHandling.Keep } };
        TableDataset dataset = ParquetDataset.Load(conformanceCase.FilePath(path), options);
        checker.Equal("count", conformanceCase.Expected.GetProperty("count").GetInt32(), dataset.Count);
        checker.Equal("rows without text", items.EnumerateArray().Count(LacksText), dataset.MissingTexts);
        CheckItems(checker, "item", dataset, items);

        InMemoryDataset streamed = new(
            "streamed", ParquetDataset.ReadAsync(conformanceCase.FilePath(path), options).ToBlockingEnumerable());
        CheckItems(checker, "streamed item", streamed, items);
    }

    private static void CheckItems(Checker checker, string itemName, IVqaDataset dataset, JsonElement items)
    {
        // Med-R1's columns are expected to be split; a table with a column of options expects the text unchanged.
        bool isMedR1 = items.EnumerateArray().Any(item => item.TryGetProperty("solution", out _));
        ExampleChecks.CheckAll(
            checker, itemName, dataset, items,
            (name, example, expected) =>
            {
                if (isMedR1)
                {
                    ExampleChecks.CheckMedR1Texts(checker, name, example, expected);
                }

                string[] further = [.. s_furtherColumns.Where(column => expected.TryGetProperty(column, out _))];
                ExampleChecks.CheckMetadata(checker, name, example, expected, further);
            },
            isMedR1 ? null : "problem");
    }

    private static bool LacksText(JsonElement item) =>
        item.GetProperty("question").ValueKind == JsonValueKind.Null
        || item.GetProperty("answer").ValueKind == JsonValueKind.Null;
}
