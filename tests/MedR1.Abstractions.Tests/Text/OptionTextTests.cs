namespace MedR1.Abstractions.Tests;

public sealed class OptionTextTests
{
    private static readonly string[] s_options = ["Hepatitis", "B", "a large vessel", "Edema."];

    [Theory]
    [InlineData("A", 0)]
    [InlineData("a large vessel", 2)]
    [InlineData("d: EDEMA", 3)]
    [InlineData("edema", 3)]
    [InlineData("edema . . ", 3)]
    [InlineData("D edema", null)]
    [InlineData("D . . .", 3)]
    [InlineData("B", 1)]
    [InlineData("A) Edema", null)]
    [InlineData("nothing", null)]
    [InlineData("E", null)]
    [InlineData(" ", null)]
    public void Finds_the_option_that_is_meant(string answer, int? expected) =>
        Assert.Equal(expected, OptionText.IndexOf(answer, s_options));
}
