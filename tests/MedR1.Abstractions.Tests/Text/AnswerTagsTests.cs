namespace MedR1.Abstractions.Tests;

public sealed class AnswerTagsTests
{
    [Theory]
    [InlineData("<answer> C </answer>", " C ")]
    [InlineData("<answer></answer>", "")]
    [InlineData("<answer>\n</answer><answer>B</answer>", "B")]
    [InlineData("<answer>A\n<answer>B</answer>", "B")]
    [InlineData("<answer>A\r</answer>", "A\r")]
    [InlineData("<answer>A", null)]
    [InlineData("</answer><answer>", null)]
    public void Finds_the_first_tags_on_one_line(string text, string? expected) =>
        Assert.Equal(expected, AnswerTags.FirstOnOneLine(text));

    // Searching the rest of the text again for each line would take an hour.
    [Fact]
    public void Many_unclosed_tags_take_linear_time()
    {
        string open = string.Concat(Enumerable.Repeat("<answer>\n", 1_000_000));
        Assert.Null(AnswerTags.FirstOnOneLine(open + "</answer>"));
        Assert.Equal("C", AnswerTags.FirstOnOneLine(open + "<answer>C</answer>"));
    }

    [Theory]
    [InlineData("<answer>\nC\n</answer>", "C")]
    [InlineData("<answer>C.</answer> <answer>word</answer>", "word")]
    [InlineData("<answer>two words</answer>", null)]
    [InlineData("<answer>𝟙</answer>", "𝟙")]
    [InlineData("<answer>C", null)]
    [InlineData("<answer>", null)]
    [InlineData("", null)]
    public void Finds_the_first_isolated_word(string text, string? expected) =>
        Assert.Equal(expected, AnswerTags.FirstWord(text));

    [Theory]
    [InlineData("<answer> C </answer>", "C")]
    [InlineData("<answer>c</answer>", null)]
    [InlineData("<answer>CT</answer><answer>D</answer>", "D")]
    public void Finds_the_first_isolated_capital(string text, string? expected) =>
        Assert.Equal(expected, AnswerTags.FirstCapitalLetter(text));

    [Theory]
    [InlineData("<AnSwEr>a\nb</ANSWER>", "a\nb")]
    [InlineData("<answer>a</answer", null)]
    public void Finds_tags_in_any_case_across_lines(string text, string? expected) =>
        Assert.Equal(expected, AnswerTags.FirstIgnoreCase(text));
}
