using MedR1.Datasets;

namespace MedR1.Conformance;

/// <summary>MedVLM-R1's files.</summary>
internal static class MedVlmR1Layout
{
    public static void Check(ConformanceCase conformanceCase, Checker checker)
    {
        MedVlmR1Dataset dataset = MedVlmR1Dataset.Load(
            conformanceCase.FilePath(conformanceCase.Inputs.GetProperty("annotations")),
            conformanceCase.FilePath(conformanceCase.Inputs.GetProperty("root")));
        checker.Equal("count", conformanceCase.Expected.GetProperty("count").GetInt32(), dataset.Count);
        ExampleChecks.CheckAll(
            checker, "item", dataset, conformanceCase.Expected.GetProperty("items"), (name, example, expected) =>
                ExampleChecks.CheckMetadata(checker, name, example, expected, "problem", "subset"));
    }
}
