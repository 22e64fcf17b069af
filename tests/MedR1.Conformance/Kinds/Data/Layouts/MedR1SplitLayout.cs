using System.Text.Json;
using MedR1.Datasets;

namespace MedR1.Conformance;

/// <summary>Med-R1's split files, and only their problems.</summary>
internal static class MedR1SplitLayout
{
    public static void Check(ConformanceCase conformanceCase, Checker checker)
    {
        JsonElement items = conformanceCase.Expected.GetProperty("items");
        checker.Equal("count", conformanceCase.Expected.GetProperty("count").GetInt32(), items.GetArrayLength());
        if (!conformanceCase.Inputs.TryGetProperty("annotations", out JsonElement file))
        {
            CheckProblems(conformanceCase, checker);
            return;
        }

        IVqaDataset dataset = MedR1SplitDataset.Load(
            conformanceCase.FilePath(file), conformanceCase.FilePath(conformanceCase.Inputs.GetProperty("root")),
            new MedR1SplitOptions { MissingImages = MissingImageHandling.Keep });
        ExampleChecks.CheckAll(checker, "item", dataset, items, (name, example, expected) =>
            ExampleChecks.CheckMedR1Texts(checker, name, example, expected));
    }

    private static void CheckProblems(ConformanceCase conformanceCase, Checker checker)
    {
        foreach ((string name, JsonElement input, JsonElement expected) in CaseRows.Binding(conformanceCase))
        {
            string text = ExampleChecks.Text(input, "problem")!;
            string letter = AnswerTags.StrippedOrWhole(ExampleChecks.Text(input, "solution")!);
            MedR1Problem problem = MedR1Problem.Parse(text);
            VqaExample example = new()
            {
                Id = name,
                Question = problem.Question,
                Options = problem.Options,
                Answer = letter,
                AnswerIndex = OptionLetters.IndexOf(letter),
            };
            ExampleChecks.Check(checker, name, example, expected);
            checker.Equal($"{name}.problem again", text, example.Problem);
        }
    }
}
