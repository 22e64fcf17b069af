namespace MedR1.Sampling.Tests;

public sealed class CounterRandomTests
{
    // Known answers for philox4x32-10 from the authors' library Random123, file kat_vectors: counter, key, result.
    [Theory]
    [InlineData(0UL, 0UL, 0UL, 0xe169c58d_6627e8d5, 0x9b00dbd8_bc57ac4c)]
    [InlineData(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, 0x41c83b0e_408f276d, 0x6d5451fd_a20bc7c6)]
    [InlineData(0x299f31d0_a4093822, 0x85a308d3_243f6a88, 0x03707344_13198a2e, 0x94fdcceb_d16cfe09,
        0x24126ea1_5001e420)]
    public void Blocks_equal_the_known_answers_of_the_authors(ulong key, ulong low, ulong high, ulong expectedLow, ulong expectedHigh)
    {
        Assert.Equal((expectedLow, expectedHigh), Philox.Block(key, low, high));
    }

    [Fact]
    public void Uniform_numbers_fill_the_unit_interval()
    {
        double[] values = [.. Enumerable.Range(0, 20_000).Select(position => CounterRandom.Uniform(7, 2, position))];
        Assert.All(values, value => Assert.InRange(value, 1e-15, 1 - 1e-15));

        // The mean of n uniform numbers has a standard deviation of 1 / sqrt(12 n) = 0.002; the tolerance is five of them.
        Assert.InRange(values.Average(), 0.49, 0.51);

        // The count in each of ten equal parts has a standard deviation of sqrt(20000 * 0.09) = 42; the tolerance is five of them.
        Assert.All(values.GroupBy(value => (int)(value * 10)), part => Assert.InRange(part.Count(), 1790, 2210));
        Assert.Equal(values.Length, values.Distinct().Count());
    }

    [Fact]
    public void Seeds_samples_and_positions_all_change_the_numbers()
    {
        double[] values =
        [
            CounterRandom.Uniform(1, 0, 0), CounterRandom.Uniform(2, 0, 0), CounterRandom.Uniform(-1, 0, 0),
            CounterRandom.Uniform(1, 1, 0), CounterRandom.Uniform(1, 0, 1), CounterRandom.Uniform(0, 1, 1),
        ];
        Assert.Equal(values.Length, values.Distinct().Count());
        Assert.NotEqual(Philox.PromptSeed(0, 0), Philox.PromptSeed(0, 1));
        Assert.NotEqual(Philox.PromptSeed(0, 1), Philox.PromptSeed(1, 0));
    }
}
