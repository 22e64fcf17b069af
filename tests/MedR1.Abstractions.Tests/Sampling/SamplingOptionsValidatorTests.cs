namespace MedR1.Abstractions.Tests;

public sealed class SamplingOptionsValidatorTests
{
    [Fact]
    public void The_defaults_are_valid()
    {
        Assert.Empty(SamplingOptionsValidator.FindErrors(new SamplingOptions(), 10));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Numbers_that_are_not_finite_are_mistakes(double value)
    {
        SamplingOptions wrong = new() { Temperature = value, TopP = value, MinP = value, RepetitionPenalty = value };
        Assert.Equal(4, SamplingOptionsValidator.FindErrors(wrong).Count);
    }

    [Theory]
    [InlineData(double.Epsilon, false)]
    [InlineData(1e-40, false)]
    [InlineData(1e-6, true)]
    [InlineData(1e6, true)]
    [InlineData(1e300, false)]
    public void Divisors_of_logits_may_not_make_them_infinite_in_float32(double value, bool isGood)
    {
        SamplingOptions options = new() { Temperature = value, RepetitionPenalty = value };
        Assert.Equal(isGood ? 0 : 2, SamplingOptionsValidator.FindErrors(options).Count);
    }

    [Theory]
    [InlineData(0.0, true)]
    [InlineData(1.0, true)] // only tokens as likely as the likeliest
    [InlineData(1.001, false)]
    [InlineData(-0.001, false)]
    public void A_fraction_of_the_likeliest_token_is_from_0_to_1(double minP, bool isGood)
    {
        IReadOnlyList<string> errors = SamplingOptionsValidator.FindErrors(new SamplingOptions { MinP = minP });
        Assert.Equal(isGood, errors.Count == 0);
    }
}
