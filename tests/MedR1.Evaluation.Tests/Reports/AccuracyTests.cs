namespace MedR1.Evaluation.Tests;

public sealed class AccuracyTests
{
    // Wilson's interval by hand for 8 of 10: z² = 3.841459; centre (0.8 + 0.192073) / 1.3841459 = 0.716740; half width
    // 1.959964 / 1.3841459 · sqrt(0.016 + 0.009603647) = 0.226577.
    [Fact]
    public void Gives_Wilsons_interval()
    {
        Accuracy accuracy = new(8, 10);
        Assert.Equal(0.8, accuracy.Value);
        Assert.Equal(0.490163, accuracy.Low, 5);
        Assert.Equal(0.943318, accuracy.High, 5);
    }

    // Without a right answer, the upper end is z² / (n + z²) = 3.841459 / 8.841459.
    [Fact]
    public void Stays_between_0_and_1()
    {
        Assert.Equal((0.0, 0.434482), (new Accuracy(0, 5).Low, Math.Round(new Accuracy(0, 5).High, 6)));
        Assert.Equal((0.565518, 1.0), (Math.Round(new Accuracy(5, 5).Low, 6), new Accuracy(5, 5).High));
    }

    // Rounding of the formula would leave ends such as -1e-17.
    [Fact]
    public void Ends_are_exact_without_right_or_without_wrong_answers() => Assert.All(
        Enumerable.Range(1, 500),
        count => Assert.Equal((0.0, 1.0), (new Accuracy(0, count).Low, new Accuracy(count, count).High)));

    // By the formula, in Python; twice the count has no room in 32 bits.
    [Fact]
    public void Gives_Wilsons_interval_of_two_billion_answers()
    {
        Accuracy accuracy = new(768653909, int.MaxValue);
        Assert.Equal(0.35791209356499976, accuracy.Low, 12);
        Assert.Equal(0.35795264479474886, accuracy.High, 12);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(2, 1)]
    [InlineData(-1, 1)]
    public void Rejects_invalid_counts(int correct, int count) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Accuracy(correct, count));
}
