using System.Text.Json;
using MedR1.Evaluation;

namespace MedR1.Conformance;

/// <summary>difflib's ratio, and OmniMedVQA's score based on it.</summary>
public sealed class SequenceMatcherKind : IConformanceKind
{
    /// <inheritdoc/>
    public string Kind => "sequence-matcher";

    /// <inheritdoc/>
    public void Check(ConformanceCase conformanceCase, Checker checker)
    {
        if (conformanceCase.Expected.TryGetProperty("ratio", out _))
        {
            foreach ((string name, JsonElement input, JsonElement expected) in CaseRows.Binding(
                conformanceCase, "ratio"))
            {
                string first = input.GetProperty("a").GetString()!;
                string second = input.GetProperty("b").GetString()!;
                checker.Number("ratio", expected.GetDouble(), SequenceMatcher.Ratio(first, second));
                checker.Equal(name, expected.GetDouble(), SequenceMatcher.Ratio(first, second));
            }

            return;
        }

        foreach ((string name, JsonElement input, JsonElement expected) in CaseRows.Binding(conformanceCase))
        {
            CheckScoring(checker, name, input, expected);
        }
    }

    private static void CheckScoring(Checker checker, string name, JsonElement input, JsonElement expected)
    {
        string[] options = CaseRows.Texts(input.GetProperty("options"));
        string prediction = input.GetProperty("prediction").GetString()!;
        string gold = input.GetProperty("gold").GetString()!;
        double[] wanted = [.. expected.GetProperty("ratios").EnumerateArray().Select(ratio => ratio.GetDouble())];
        checker.SequenceEqual(
            $"{name}.ratios", wanted, [.. options.Select(option => SequenceMatcher.Ratio(option, prediction))]);
        JsonElement chosen = expected.GetProperty("chosen");
        int? wantedChoice = chosen.ValueKind == JsonValueKind.Null ? null : chosen.GetInt32();
        checker.Equal($"{name}.chosen", wantedChoice, OmniMedVqaRule.MostSimilar(options, prediction));
        string question = input.GetProperty("question").GetString()!;
        VqaExample example = new() { Id = name, Question = question, Answer = gold, Options = options };
        checker.Equal(
            $"{name}.correct", expected.GetProperty("correct").GetBoolean(),
            ScoringRules.OmniMedVqa.Score(example, prediction).IsCorrect);
    }
}
