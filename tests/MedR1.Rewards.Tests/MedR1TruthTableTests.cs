namespace MedR1.Rewards.Tests;

// The truth table of Med-R1's released rewards for the gold "<answer> C </answer>": accuracy, think format, no-think
// format, and the evaluation's answer.
public sealed class MedR1TruthTableTests
{
    public static TheoryData<string, double, double, double, string?> Rows => new()
    {
        { "<think>x</think><answer>C</answer>", 1, 1, 0, "C" },
        { "<think>x</think>\n<answer> C </answer>", 1, 1, 0, "C" },
        { "<think>x</think><answer>c</answer>", 0, 1, 0, "c" },
        { "<think>x</think><answer>C.</answer>", 0, 1, 0, null },
        { "<think>x</think><answer>C)CT</answer>", 0, 1, 0, null },
        { "<think>x</think><answer>\nC\n</answer>", 0, 1, 0, "C" },
        { "C", 1, 0, 0, null },
        { " C \n", 1, 0, 0, null },
        { "<answer>C</answer><answer>B</answer>", 1, 0, 1, "C" },
        { "<answer>B</answer><answer>C</answer>", 0, 0, 1, "B" },
        { "<think>x</think><answer>C</answer> ok", 1, 0, 0, "C" },
        { " <think>x</think><answer>C</answer>", 1, 0, 0, "C" },
        { "<think>x</think><answer>C</answer>\n", 1, 0, 0, "C" },
        { " \n<answer>C</answer>", 1, 0, 1, "C" },
        { "<think></think><answer>C</answer>", 1, 1, 0, "C" },
        { "<think>a</think> junk <think>b</think><answer>C</answer>", 1, 1, 0, "C" },
        { "<think><answer>C</answer></think><answer>B</answer>", 1, 1, 0, "C" },
        { "<answer></answer>", 0, 0, 1, null },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Agrees_with_the_released_code(
        string text, double accuracy, double think, double noThink, string? evaluated)
    {
        Assert.Equal(accuracy, await new ChoiceAccuracyReward().Score(text));
        Assert.Equal(think, await new FormatReward().Score(text));
        Assert.Equal(noThink, await new FormatReward(FormatStyle.NoThink).Score(text));
        Assert.Equal(evaluated, AnswerTags.FirstWord(text));
    }
}
