namespace MedR1.Losses.Tests;

public sealed class PenaltyCountTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void There_is_one_penalty_for_each_row(int count)
    {
        ArgumentException exception = Assert.Throws<ArgumentException>(
            "penalties", () => GroupAdvantages.Compute([[1], [2]], null, [0, 0], penalties: new double[count]));
        Assert.StartsWith($"There are {count} penalties for 2 rows", exception.Message, StringComparison.Ordinal);
    }
}
