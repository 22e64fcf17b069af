using System.Text.Json;
using MedR1.Rewards;

namespace MedR1.Conformance;

/// <summary>Completions and golds to the rewards of Med-R1 and MedVLM-R1.</summary>
public sealed class RewardTextKind : IConformanceKind
{
    /// <inheritdoc/>
    public string Kind => "reward-text";

    /// <inheritdoc/>
    public void Check(ConformanceCase conformanceCase, Checker checker)
    {
        string[] columns = CaseRows.Texts(conformanceCase.Expected.GetProperty("columns"));
        foreach ((string name, JsonElement input, JsonElement expected) in CaseRows.Binding(conformanceCase))
        {
            string completion = input.GetProperty("completion").GetString()!;
            string gold = input.GetProperty("gold").GetString()!;
            JsonElement row = expected.ValueKind == JsonValueKind.Array ? expected : expected.GetProperty("row");
            for (int column = 0; column < columns.Length; column++)
            {
                CheckCell(checker, $"{name}.{columns[column]}", columns[column], completion, gold, row[column]);
            }
        }
    }

    private static void CheckCell(
        Checker checker, string field, string column, string completion, string gold, JsonElement expected)
    {
        double? reward = column switch
        {
            "accuracy_string" => ChoiceAccuracyReward.Score(completion, gold),

            // The mathematics checker never rewards a letter, so that the total is the text's half there; elsewhere it
            // is not binding.
            "accuracy" => IsLetter(gold) ? ChoiceAccuracyReward.Score(completion, gold) : null,
            "accuracy_math_verify" => IsLetter(gold) ? 0.0 : null,
            "format_think" => FormatReward.Score(completion, FormatStyle.Think),
            "format_no_think" => FormatReward.Score(completion, FormatStyle.NoThink),
            "format_think_after" => FormatReward.Score(completion, FormatStyle.ThinkAfter),
            "medvlm_r1_accuracy" => LenientLetterReward.Score(completion, gold),
            _ => null,
        };
        if (reward is double value)
        {
            checker.Equal(field, expected.GetDouble(), value);
            return;
        }

        switch (column)
        {
            case "evaluation_answer":
                checker.Equal(field, expected.GetString(), AnswerTags.FirstWord(completion));
                break;
            case "medvlm_r1_evaluation_answer":
                checker.Equal(field, expected.GetString(), AnswerTags.FirstCapitalLetter(completion));
                break;
            case not ("accuracy" or "accuracy_math_verify"):
                checker.Fail($"{field}: this runner doesn't know the column");
                break;
        }
    }

    private static bool IsLetter(string gold) =>
        AnswerTags.StrippedOrWhole(gold) is { Length: 1 } text && char.IsAsciiLetter(text[0]);
}
