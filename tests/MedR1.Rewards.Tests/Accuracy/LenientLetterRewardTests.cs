namespace MedR1.Rewards.Tests;

public sealed class LenientLetterRewardTests
{
    // Every character A to J of the upper-cased answer counts, even inside words: "the C" contains an E, as does "yes".
    [Theory]
    [InlineData("<answer>C</answer>", 1.0)]
    [InlineData("<answer> c\n</answer>", 1.0)]
    [InlineData("<ANSWER>C</ANSWER>", 1.0)]
    [InlineData("<an\u017Fwer>C</answer>", 1.0)]
    [InlineData("<answer>C.</answer>", 0.5)]
    [InlineData("<answer>C no</answer>", 0.5)]
    [InlineData("<answer>C: yes</answer>", 0.0)]
    [InlineData("<answer>the C</answer>", 0.0)]
    [InlineData("<answer>C) CT</answer>", 0.0)]
    [InlineData("<answer>B</answer>", 0.0)]
    [InlineData("C", 0.0)]
    public async Task Grades_like_MedVLM_R1(string text, double expected) =>
        Assert.Equal(expected, await new LenientLetterReward().Score(text));

    // Python's upper() of the ligature is "FI", two letters; of the dotless i it is "I", which IGNORECASE also removes.
    // The dotted capital I is unchanged by upper(): one letter is found, and the released code removes only one.
    [Theory]
    [InlineData("<answer>\uFB01</answer>", "I", 0.0)]
    [InlineData("<answer>\u0131</answer>", "I", 1.0)]
    [InlineData("<answer>\u01F0</answer>", "J", 0.5)]
    [InlineData("<answer>I\u0130</answer>", "I", 0.5)]
    [InlineData("<answer>\u0130</answer>", "I", 0.0)]
    public void Uses_the_full_upper_case(string text, string gold, double expected) =>
        Assert.Equal(expected, LenientLetterReward.Score(text, gold));

    [Fact]
    public async Task Does_not_apply_to_an_open_question() =>
        Assert.Null(await new LenientLetterReward().Score("<answer>A</answer>", Contexts.Open));

    // Only A to J are read: counting from 0, J is option 9 and K option 10.
    [Theory]
    [InlineData(9, 1.0)]
    [InlineData(10, null)]
    public async Task Does_not_apply_to_options_after_J(int right, double? expected)
    {
        string[] options = [.. Enumerable.Range(1, 11).Select(number => $"{number} nodules")];
        VqaExample example = Contexts.Choice with { Options = options, Answer = options[right], AnswerIndex = right };
        Assert.Equal(expected, await new LenientLetterReward().Score("<answer>J</answer>", example));
    }
}
