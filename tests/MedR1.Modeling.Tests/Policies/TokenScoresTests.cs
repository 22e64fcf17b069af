using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Policies;

public sealed class TokenScoresTests
{
    // As in FusedLogProbabilities, by which a policy computes the scores of many tokens.
    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_temperature_that_is_no_finite_number_above_zero_is_refused(double temperature)
    {
        using Tensor logits = zeros(1, 3);
        Assert.Throws<ArgumentOutOfRangeException>(
            () => TokenScores.Scale(logits, new TokenStatisticsOptions { Temperature = temperature }));
    }
}
