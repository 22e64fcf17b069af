using System.Text.Json;
using MedR1.Datasets;

namespace MedR1.Conformance;

/// <summary>VQA-RAD as published, as a whole and by its parts.</summary>
internal static class VqaRadLayout
{
    public static void Check(ConformanceCase conformanceCase, Checker checker)
    {
        JsonElement items = conformanceCase.Expected.GetProperty("items");
        string folder = conformanceCase.FilePath(conformanceCase.Inputs.GetProperty("root"));
        string file = conformanceCase.FilePath(conformanceCase.Inputs.GetProperty("annotations"));
        VqaRadOptions options = new() { AnnotationFile = Path.GetRelativePath(folder, file) };
        checker.Equal("count", conformanceCase.Expected.GetProperty("count").GetInt32(), items.GetArrayLength());
        ExampleChecks.CheckAll(
            checker, "item", VqaRadDataset.Load(folder, options), items, (name, example, expected) =>
                ExampleChecks.CheckMetadata(
                    checker, name, example, expected, "split", "answer_type", "image_organ", "question_type"));
        foreach (VqaRadSplit split in (ReadOnlySpan<VqaRadSplit>)[VqaRadSplit.Train, VqaRadSplit.Test])
        {
            string name = split.ToString().ToLowerInvariant();
            checker.Equal(
                $"{name}.count", items.EnumerateArray().Count(item => ExampleChecks.Text(item, "split") == name),
                VqaRadDataset.Load(folder, options with { Split = split }).Count);
        }
    }
}
