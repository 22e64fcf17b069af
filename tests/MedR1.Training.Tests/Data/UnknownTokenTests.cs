namespace MedR1.Training.Tests;

public sealed class UnknownTokenTests
{
    [Theory]
    [InlineData(null, 0, 255)]
    [InlineData(256, 0, 256, -1)]
    [InlineData(-1, 255, -1, 256)]
    public void The_tokens_of_256_are_0_to_255(int? expected, params int[] tokens) =>
        Assert.Equal(expected, UnknownToken.FirstIn(tokens, 256));
}
