using System.Text.Json;
using MedR1.Datasets;

namespace MedR1.Conformance;

/// <summary>JSON Lines, loaded and streamed.</summary>
internal static class JsonLinesLayout
{
    public static void Check(ConformanceCase conformanceCase, Checker checker)
    {
        JsonElement items = conformanceCase.Expected.GetProperty("items");
        checker.Equal("count", conformanceCase.Expected.GetProperty("count").GetInt32(), items.GetArrayLength());
        JsonLinesOptions options = new()
        {
            Table = new TableOptions
            {
                ImageRoot = conformanceCase.FilePath(conformanceCase.Inputs.GetProperty("root")),
            },
        };
        foreach (string annotations in CaseRows.Texts(conformanceCase.Inputs.GetProperty("annotations")))
        {
            string file = Path.Combine(conformanceCase.Folder, annotations);
            ExampleChecks.CheckAll(checker, $"{annotations} item", JsonLines.Load(file, options), items);
            InMemoryDataset streamed = new("streamed", JsonLines.ReadAsync(file, options).ToBlockingEnumerable());
            ExampleChecks.CheckAll(checker, $"{annotations} streamed item", streamed, items);
        }
    }
}
