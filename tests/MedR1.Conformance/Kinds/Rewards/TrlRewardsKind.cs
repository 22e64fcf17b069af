using System.Text.Json;

using MedR1.Rewards;

namespace MedR1.Conformance;

/// <summary>rewards-trl: the reward functions shipped with TRL.</summary>
public sealed class TrlRewardsKind : IConformanceKind
{
    /// <inheritdoc/>
    public string Kind => "rewards-trl";

    /// <inheritdoc/>
    public void Check(ConformanceCase conformanceCase, Checker checker)
    {
        JsonElement inputs = conformanceCase.Inputs;
        double?[] got = Rewards(inputs);
        JsonElement[] expected = [.. conformanceCase.Expected.GetProperty("rewards").EnumerateArray()];
        checker.Equal("rewards.length", expected.Length, got.Length);
        for (int i = 0; i < Math.Min(expected.Length, got.Length); i++)
        {
            string field = $"rewards[{i}]";
            if (expected[i].ValueKind == JsonValueKind.Null || got[i] is null)
            {
                checker.Equal(field, expected[i].ValueKind == JsonValueKind.Null ? null : expected[i].GetDouble(), got[i]);
            }
            else
            {
                checker.Number(field, expected[i].GetDouble(), got[i]!.Value, checker.ToleranceOf("rewards"));
            }
        }
    }

    private static double?[] Rewards(JsonElement inputs)
    {
        int Whole(string field) => inputs.GetProperty(field).GetInt32();
        double Number(string field) => inputs.GetProperty(field).GetDouble();
        JsonElement[] List(string field) => [.. inputs.GetProperty(field).EnumerateArray()];
        string[] Texts(string field) => [.. List(field).Select(text => text.GetString()!)];
        int[] Lengths() => [.. List("lengths").Select(length => length.GetInt32())];
        switch (inputs.GetProperty("function").GetString())
        {
            case "accuracy_reward":
                return [.. Texts("completions").Zip(Texts("solutions"), MathAnswerReward.Score)];
            case "reasoning_accuracy_reward":
                string[] ends = inputs.TryGetProperty("reasoning_delimiters", out JsonElement given)
                    && given.ValueKind == JsonValueKind.Array ? Texts("reasoning_delimiters") : ["</think>"];
                return
                [
                    .. Texts("completions").Zip(
                        Texts("solutions"),
                        (text, solution) => MathAnswerReward.ScoreAfterReasoning(text, solution, ends)),
                ];
            case "think_format_reward":
                return [.. Texts("completions").Select(text => (double?)ThinkFormatReward.Score(text))];
            case "get_soft_overlong_punishment":
                return
                [
                    .. Lengths().Select(length => (double?)SoftOverlongReward.Score(
                        length, Whole("max_completion_len"), Whole("soft_punish_cache"))),
                ];
            case "get_repetition_penalty_reward":
                return
                [
                    .. List("completion_ids").Select(ids => (double?)RepetitionReward.Score(
                        [.. ids.EnumerateArray().Select(id => id.GetInt32())],
                        Whole("ngram_size"),
                        Number("max_penalty"))),
                ];
            case "get_cosine_scaled_reward":
                CosineLengthOptions options = new()
                {
                    MaxTokens = Whole("max_len"),
                    ShortestIncorrect = Number("min_value_wrong"),
                    LongestIncorrect = Number("max_value_wrong"),
                    LongestCorrect = Number("min_value_correct"),
                    ShortestCorrect = Number("max_value_correct"),
                };
                return
                [
                    .. Lengths().Zip(List("correct"), (length, correct) =>
                        (double?)CosineLengthReward.Score(correct.GetBoolean(), length, options)),
                ];
            case string other:
                throw new InvalidDataException($"Unknown function '{other}'.");
            default:
                throw new InvalidDataException("The case names no function.");
        }
    }
}
