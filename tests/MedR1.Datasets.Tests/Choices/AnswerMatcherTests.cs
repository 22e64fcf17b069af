namespace MedR1.Datasets.Tests;

public sealed class AnswerMatcherTests
{
    private static readonly string[] s_options = ["edema.", "Edema", "pleural  effusion", "B"];

    [Theory]
    [InlineData("Edema", 1)] // the same text, though an earlier option is alike
    [InlineData("EDEMA", 0)]
    [InlineData(" Pleural effusion. ", 2)]
    [InlineData("b", 3)] // no letter, even if it looks like one
    [InlineData("A", null)]
    [InlineData("", null)]
    public void Finds_the_option_that_a_file_means(string answer, int? expected) =>
        Assert.Equal(expected, AnswerMatcher.Find(s_options, answer));
}
