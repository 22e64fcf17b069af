using System.Text.Json;

namespace MedR1.Rewards.Tests;

/// <summary>Compares with what TRL's <c>accuracy_reward</c> says (tests/Golden/math-verify).</summary>
public sealed class MathVerifyTableTests
{
    [Fact]
    public void Random_answers_earn_what_math_verify_pays()
    {
        using JsonDocument table = GoldenTable.Load("math-verify");
        List<string> differences = [];
        foreach (JsonElement row in table.RootElement.EnumerateArray())
        {
            (string solution, string completion) = (row[0].GetString()!, row[1].GetString()!);
            double? expected = row[2].ValueKind == JsonValueKind.Null ? null : row[2].GetDouble();
            double? actual = MathAnswerReward.Score(completion, solution);
            if (actual != expected)
            {
                differences.Add($"'{completion}' for '{solution}': expected {expected}, actual {actual}");
            }
        }

        Assert.Empty(differences);
        Assert.Equal(1500, table.RootElement.GetArrayLength());
    }
}
