using CsCheck;

namespace MedR1.Rewards.Tests;

public sealed class FormatRewardTests
{
    [Theory]
    [InlineData("<answer>C</answer><think>x</think>", 1.0)]
    [InlineData("<answer>C</answer>\u2028\n<think>\n</think>", 1.0)]
    [InlineData("<think>x</think><answer>C</answer>", 0.0)]
    [InlineData("<answer>C</answer> so <think>x</think>", 0.0)]
    [InlineData("<answer>C</answer><think>x</think> ", 0.0)]
    public async Task Recognizes_the_format_with_the_answer_first(string text, double expected) =>
        Assert.Equal(expected, await new FormatReward(FormatStyle.ThinkAfter).Score(text));

    [Theory]
    [InlineData("<think>x</think><answer></answe")]
    [InlineData("<think><answer></answer>")]
    [InlineData("<think></think></answer>")]
    [InlineData("<think></think><answer>")]
    [InlineData("")]
    public async Task Refuses_tags_that_overlap_or_are_truncated(string text) =>
        Assert.Equal(0.0, await new FormatReward().Score(text));

    // The scan and the released expressions, run by the Python-compatible engine, must agree on any sequence of their
    // parts.
    [Fact]
    public void Agrees_with_the_released_expressions_on_random_texts()
    {
        (FormatStyle Style, PythonRegex Expression)[] forms =
        [
            (FormatStyle.Think,
                new PythonRegex(@"<think>.*?</think>\s*<answer>.*?</answer>", PythonRegexOptions.DotAll)),
            (FormatStyle.NoThink, new PythonRegex(@"\s*<answer>.*?</answer>", PythonRegexOptions.DotAll)),
            (FormatStyle.ThinkAfter,
                new PythonRegex(@"<answer>.*?</answer>\s*<think>.*?</think>", PythonRegexOptions.DotAll)),
        ];
        string[] parts = ["<think>", "</think>", "<answer>", "</answer>", " ", "\n", "\u001C", "x", "</think", "😀"];
        Gen.Int[0, parts.Length - 1].Array[0, 9]
            .Select(picks => string.Concat(picks.Select(pick => parts[pick])))
            .Sample(
                text => forms.All(form =>
                    FormatReward.Score(text, form.Style) == (form.Expression.FullMatch(text) is null ? 0.0 : 1.0)),
                iter: 3000, seed: "0000KzBQbl03", threads: 1);
    }

    [Fact]
    public void Rejects_an_unknown_format() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new FormatReward((FormatStyle)9));

    [Theory]
    [InlineData("<think>a</think> b", 1)]
    [InlineData("<think></think>", 1)]
    [InlineData(" <think>a</think>", 0)]
    [InlineData("x<think>a</think>", 0)]
    [InlineData("<think>a<think>b</think>", 0)]
    [InlineData("<think>a", 0)]
    [InlineData("a</think>", 0)]
    [InlineData("", 0)]
    public async Task A_thought_is_opened_once_at_the_start_and_closed(string text, double expected) =>
        Assert.Equal(expected, await new ThinkFormatReward().Score(text));
}
