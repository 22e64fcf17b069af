namespace MedR1.Datasets.Tests;

public sealed class AnswerMatcherTests
{
    private static readonly string[] s_options = ["edema.", "Edema", "pleural  effusion", "B"];

    [Theory]
    [InlineData("Edema", 1)] // the same text, although an earlier option is similar
    [InlineData("EDEMA", 0)]
    [InlineData(" Pleural effusion. ", 2)]
    [InlineData("b", 3)] // not a letter, even if it looks like one
    [InlineData("A", null)]
    [InlineData("", null)]
    public void Finds_the_option_meant_by_a_file(string answer, int? expected) =>
        Assert.Equal(expected, AnswerMatcher.Find(s_options, answer));
}
