using MedR1.Datasets;
using MedR1.Datasets.Arrow;

namespace MedR1.Conformance;

/// <summary>The output of Hugging Face's <c>save_to_disk</c>.</summary>
internal static class SavedToDiskLayout
{
    public static void Check(ConformanceCase conformanceCase, Checker checker)
    {
        TableDataset dataset = SavedDataset.Load(conformanceCase.FilePath(conformanceCase.Inputs.GetProperty("root")));
        checker.Equal("count", conformanceCase.Expected.GetProperty("count").GetInt32(), dataset.Count);
        ExampleChecks.CheckAll(
            checker, "item", dataset, conformanceCase.Expected.GetProperty("items"), (name, example, expected) =>
                ExampleChecks.CheckMedR1Texts(checker, name, example, expected));
    }
}
