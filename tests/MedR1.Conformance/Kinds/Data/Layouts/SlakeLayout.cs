using System.Text.Json;
using MedR1.Datasets;

namespace MedR1.Conformance;

/// <summary>SLAKE 1.0: three files.</summary>
internal static class SlakeLayout
{
    public static void Check(ConformanceCase conformanceCase, Checker checker)
    {
        string folder = conformanceCase.FilePath(conformanceCase.Inputs.GetProperty("root"));
        foreach (SlakeSplit split in (ReadOnlySpan<SlakeSplit>)[SlakeSplit.Train, SlakeSplit.Validation, SlakeSplit.Test])
        {
            // The names of the published files.
            string splitName = split == SlakeSplit.Validation ? "validate" : split.ToString().ToLowerInvariant();
            SlakeDataset dataset = SlakeDataset.Load(folder, split);
            JsonElement counts = conformanceCase.Expected.GetProperty("count");
            checker.Equal($"{splitName}.count", counts.GetProperty(splitName).GetInt32(), dataset.Count);
            JsonElement items = conformanceCase.Expected.GetProperty("items").GetProperty(splitName);
            ExampleChecks.CheckAll(checker, splitName, dataset, items, (name, example, expected) =>
            {
                ExampleChecks.CheckMetadata(checker, name, example, expected, "language", "modality", "answer_type");
                checker.Equal($"{name}.qid", expected.GetProperty("qid").ToString(), example.Id);
            });
        }
    }
}
