using CsCheck;

namespace MedR1.Evaluation.Tests;

public sealed class PassAtKTests
{
    // 1 − C(n − c, k) / C(n, k) in Python's fractions.
    [Theory]
    [InlineData(5, 2, 1, 0.4)]
    [InlineData(5, 2, 3, 0.9)]
    [InlineData(10, 3, 4, 0.8333333333333334)]
    [InlineData(200, 3, 100, 0.8768844221105527)]
    [InlineData(8, 0, 3, 0)]
    [InlineData(8, 6, 3, 1)]
    public void Is_the_unbiased_estimate(int samples, int correct, int k, double expected) =>
        Assert.Equal(expected, PassAtK.Estimate(samples, correct, k), 12);

    // The estimate is the share of k-subsets that contain a right answer: counted over all subsets of up to 10.
    [Fact]
    public void Counts_subsets() => (
        from samples in Gen.Int[1, 10]
        from correct in Gen.Int[0, samples]
        from k in Gen.Int[1, samples]
        select (samples, correct, k)).Sample(one =>
        {
            int[] sets = [.. Enumerable.Range(0, 1 << one.samples).Where(set => int.PopCount(set) == one.k)];
            int hit = sets.Count(set => (set & ((1 << one.correct) - 1)) != 0);
            Assert.Equal((double)hit / sets.Length, PassAtK.Estimate(one.samples, one.correct, one.k), 12);
        });

    [Theory]
    [InlineData(4, 5, 1)]
    [InlineData(4, -1, 1)]
    [InlineData(4, 1, 5)]
    [InlineData(4, 1, 0)]
    public void Refuses_impossible_draws(int samples, int correct, int k) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => PassAtK.Estimate(samples, correct, k));
}
