namespace MedR1.Losses.Tests;

/// <summary>Each option has one mistake at a time, and its limits are allowed.</summary>
public sealed class OptionLimitTests
{
    public static TheoryData<AdvantageOptions, string> WrongAdvantages => new()
    {
        { new() { Baseline = (AdvantageBaseline)99 }, "Baseline is 99" },
        { new() { Scale = (AdvantageScale)99 }, "Scale is 99" },
        { new() { Aggregation = (RewardAggregation)99 }, "Aggregation is 99" },
        { new() { Epsilon = -1e-9 }, "Epsilon is -1E-09" },
        { new() { Epsilon = double.NaN }, "Epsilon is NaN" },
        { new() { Epsilon = double.PositiveInfinity }, "Epsilon is " },
        { new() { RewardRange = new RewardRange(2, 1) }, "RewardRange is 2 to 1" },
        { AdvantageOptions.Gdpo with { Baseline = AdvantageBaseline.LeaveOneOut }, "Baseline is LeaveOneOut" },
        { AdvantageOptions.Gdpo with { RewardRange = new RewardRange(0, 1) }, "RewardRange is set" },
    };

    [Theory]
    [MemberData(nameof(WrongAdvantages))]
    public void Advantages_are_not_computed_with_a_wrong_option(AdvantageOptions options, string problem)
    {
        Assert.StartsWith(problem, Assert.Single(options.Validate()), StringComparison.Ordinal);
        InvalidLossOptionsException exception = Assert.Throws<InvalidLossOptionsException>(
            () => GroupAdvantages.Compute([[1], [2]], null, [0, 0], options));
        Assert.Contains(problem, exception.Message, StringComparison.Ordinal);
        Assert.StartsWith("The options of the advantages have 1 mistake(s)", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Limits_are_allowed()
    {
        Assert.Empty(new AdvantageOptions { Epsilon = 0, RewardRange = new RewardRange(1, 1) }.Validate());
        Assert.Empty(new PpoTargetOptions { Discount = 0, Lambda = 0 }.Validate());
        Assert.Empty(new PpoTargetOptions { Discount = 1, Lambda = 1 }.Validate());
        Assert.Empty(new PpoLossOptions { ValueCoefficient = 0, ValueClip = 1e-300 }.Validate());
        Assert.Empty(new AdaptiveEntropyOptions { Step = 0, Minimum = 0.5, Maximum = 0.5 }.Validate());
    }

    [Fact]
    public void What_is_beyond_a_limit_is_named()
    {
        foreach (double wrong in (double[])[-0.01, 1.01, double.NaN])
        {
            Assert.StartsWith("Discount is ", Assert.Single(new PpoTargetOptions { Discount = wrong }.Validate()));
            Assert.StartsWith("Lambda is ", Assert.Single(new PpoTargetOptions { Lambda = wrong }.Validate()));
        }

        foreach (double wrong in (double[])[-0.01, double.NaN, double.PositiveInfinity])
        {
            Assert.StartsWith("ValueCoefficient is ", Assert.Single(new PpoLossOptions { ValueCoefficient = wrong }.Validate()));
            Assert.StartsWith("ValueClip is ", Assert.Single(new PpoLossOptions { ValueClip = wrong }.Validate()));
        }

        Assert.StartsWith("ValueClip is 0", Assert.Single(new PpoLossOptions { ValueClip = 0 }.Validate()));
        Assert.StartsWith("Step is ", Assert.Single(new AdaptiveEntropyOptions { Step = -1 }.Validate()));
        Assert.StartsWith(
            "Minimum is ", Assert.Single(new AdaptiveEntropyOptions { Minimum = 0.6, Maximum = 0.5 }.Validate()));
    }
}
