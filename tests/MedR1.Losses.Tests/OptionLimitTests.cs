namespace MedR1.Losses.Tests;

/// <summary>Each option with one mistake at a time, and at its limits, which are allowed.</summary>
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
        { new() { RewardRange = new RewardRange(double.PositiveInfinity, double.PositiveInfinity) }, "RewardRange is " },
        { new() { RewardRange = new RewardRange(double.NegativeInfinity, double.NegativeInfinity) }, "RewardRange is " },
        { AdvantageOptions.Gdpo with { Baseline = AdvantageBaseline.LeaveOneOut }, "Baseline is LeaveOneOut" },
        { AdvantageOptions.Gdpo with { RewardRange = new RewardRange(0, 1) }, "RewardRange is set" },
    };

    [Theory]
    [MemberData(nameof(WrongAdvantages))]
    public void Advantages_refuse_an_invalid_option(AdvantageOptions options, string problem)
    {
        Assert.StartsWith(problem, Assert.Single(options.Validate()), StringComparison.Ordinal);
        InvalidLossOptionsException exception = Assert.Throws<InvalidLossOptionsException>(
            () => GroupAdvantages.Compute([[1], [2]], null, [0, 0], options));
        Assert.Contains(problem, exception.Message, StringComparison.Ordinal);
        Assert.StartsWith("The options of the advantages have a mistake:", exception.Message, StringComparison.Ordinal);
    }

    public static TheoryData<GrpoLossOptions, string> WrongLosses => new()
    {
        { new() { Objective = (PolicyObjective)99 }, "Objective is 99, expected one of ClippedSurrogate, " },
        { new() { Normalization = (LossNormalization)99 }, "Normalization is 99, expected one of CompletionMean, " },
        { new() { ImportanceSamplingLevel = (ImportanceSamplingLevel)99 }, "ImportanceSamplingLevel is 99, expected one of Token, " },
        { new() { KlEstimator = (KlEstimator)99 }, "KlEstimator is 99, expected one of " },
        { new() { ClipLow = -0.1 }, "ClipLow is -0.1, expected a finite number of at least 0." },
        { new() { ClipHigh = -0.1 }, "ClipHigh is -0.1, expected a finite number of at least 0." },
        { new() { RatioBound = 0 }, "RatioBound is 0, expected a finite number above 0." },
        { new() { RatioCap = 0 }, "RatioCap is 0, expected a finite number above 0." },
        { new() { KlCoefficient = double.NaN }, "KlCoefficient is NaN" },
        { new() { EntropyCoefficient = double.NaN }, "EntropyCoefficient is NaN" },
        { new() { TopEntropyQuantile = -0.1 }, "TopEntropyQuantile is -0.1" },
        { new() { TopEntropyQuantile = double.NaN }, "TopEntropyQuantile is NaN" },
        { new() { OffPolicyMaskThreshold = double.NaN }, "OffPolicyMaskThreshold is NaN" },
        { GrpoLossOptions.Cispo with { RatioBound = 2 }, "RatioBound is 2, but CispoAbsoluteCap does not use it" },
        {
            GrpoLossOptions.Gmpo with { ImportanceSamplingLevel = ImportanceSamplingLevel.Sequence },
            "ImportanceSamplingLevel is Sequence, but GeometricMean clips each token's ratio"
        },
        {
            GrpoLossOptions.Gmpo with { TopEntropyQuantile = 0.2 },
            "TopEntropyQuantile is 0.2, but GeometricMean has one term for a whole completion"
        },
        {
            GrpoLossOptions.KlCov with { ImportanceSamplingLevel = ImportanceSamplingLevel.SequenceToken },
            "ImportanceSamplingLevel is SequenceToken, but KlCovariance chooses tokens: set it to Token."
        },
        {
            GrpoLossOptions.ClipCov with { ImportanceSamplingLevel = ImportanceSamplingLevel.Sequence },
            "ImportanceSamplingLevel is Sequence, but ClipCovariance chooses tokens: set it to Token."
        },
        { new() { ClipCovariance = null! }, "ClipCovariance is null" },
        { new() { ClipCovariance = new() { Fraction = 0 } }, "ClipCovariance.Fraction is 0, expected a number above 0 and at most 1." },
        { new() { ClipCovariance = new() { Fraction = 1.5 } }, "ClipCovariance.Fraction is 1.5, expected" },
        { new() { ClipCovariance = new() { Minimum = 5 } }, "ClipCovariance.Minimum is 5, expected a number below Maximum 5." },
        { new() { ClipCovariance = new() { Maximum = double.NaN } }, "ClipCovariance.Minimum is 1, expected a number below Maximum NaN." },
        { new() { KlCovariance = null! }, "KlCovariance is null" },
        { new() { KlCovariance = new() { Fraction = double.NaN } }, "KlCovariance.Fraction is NaN, expected" },
        { new() { KlCovariance = new() { Coefficient = -1 } }, "KlCovariance.Coefficient is -1, expected a finite number of at least 0." },
        { new() { SapoGate = null! }, "SapoGate is null" },
        { new() { SapoGate = new() { PositiveTemperature = 0 } }, "SapoGate.PositiveTemperature is 0, expected a finite number above" },
        { new() { SapoGate = new() { NegativeTemperature = 0 } }, "SapoGate.NegativeTemperature is 0, expected a finite number above" },
        { new() { VespoWeight = null! }, "VespoWeight is null" },
        { new() { VespoWeight = new() { PositivePower = -1 } }, "VespoWeight.PositivePower is -1" },
        { new() { VespoWeight = new() { PositiveDecay = -1 } }, "VespoWeight.PositiveDecay is -1" },
        { new() { VespoWeight = new() { NegativePower = -1 } }, "VespoWeight.NegativePower is -1" },
        { new() { VespoWeight = new() { NegativeDecay = -1 } }, "VespoWeight.NegativeDecay is -1" },
        { new() { SamplerCorrection = new() { MaxRatio = 0 } }, "SamplerCorrection.MaxRatio is 0, expected a finite number above" },
        { new() { SamplerCorrection = new() { MinRatio = -1 } }, "SamplerCorrection.MinRatio is -1" },
        { new() { SamplerCorrection = new() { MinRatio = 4 } }, "SamplerCorrection.MinRatio is 4, above MaxRatio 3" },
        { new() { SamplerCorrection = new() { Mode = (SamplerCorrectionMode)99 } }, "SamplerCorrection.Mode is 99, expected one of" },
        {
            GrpoLossOptions.Vespo with { SamplerCorrection = new() { Mode = SamplerCorrectionMode.SequenceMask } },
            "SamplerCorrection.Mode is SequenceMask, but Vespo's weight uses per-token ratios"
        },
    };

    [Theory]
    [MemberData(nameof(WrongLosses))]
    public void A_loss_refuses_an_invalid_option(GrpoLossOptions options, string problem)
    {
        Assert.StartsWith(problem, Assert.Single(options.Validate()), StringComparison.Ordinal);
        Assert.Equal([problem], Assert.Throws<InvalidLossOptionsException>(() => new GrpoLoss(options)).Errors
            .Select(error => error[..problem.Length]));
    }

    [Fact]
    public void Limits_of_a_loss_are_allowed()
    {
        Assert.Empty(new GrpoLossOptions
        {
            ClipLow = 0,
            ClipHigh = 0,
            RatioBound = 1e-300,
            KlCoefficient = 0,
            TopEntropyQuantile = 0,
            OffPolicyMaskThreshold = -1,
            EntropyCoefficient = -1,
            VespoWeight = new() { PositivePower = 0, PositiveDecay = 0, NegativePower = 0, NegativeDecay = 0 },
            SamplerCorrection = new() { MinRatio = 3, MaxRatio = 3 },
        }.Validate());
        Assert.Empty(new GrpoLossOptions { TopEntropyQuantile = 1, SamplerCorrection = new() { MinRatio = 0 } }.Validate());
        Assert.Empty(new GrpoLossOptions { SamplerCorrection = new() { MinRatio = 9, MaxRatio = null } }.Validate());
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
    public void Options_beyond_a_limit_are_named()
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
