using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Losses.Tests;

/// <summary>Each reduction of the terms, in numbers.</summary>
public sealed class NormalizationTests
{
    // Ratio 1, advantages 1, 3 and 6, and 3, 0 and 1 tokens: terms −1 −1 −1, none, −6. The rows' means −1, 0, −6, their sums −3, 0, −6;
    // 4 tokens, 3 rows, 2 of them not empty, and a limit of 4 tokens. As whole completions −1, −3, −6, the empty one included.
    [Theory]
    [InlineData(LossNormalization.CompletionMean, -7.0 / 3, 3)]
    [InlineData(LossNormalization.NonEmptyCompletionMean, -7.0 / 2, 2)]
    [InlineData(LossNormalization.MicroBatchTokens, -9.0 / 4, 4)]
    [InlineData(LossNormalization.MaxCompletionLength, -9.0 / (3 * 4), 3)]
    [InlineData(LossNormalization.CompletionSum, -9.0 / 3, 3)]
    [InlineData(LossNormalization.CompletionTerm, -10.0 / 3, 3)]
    public void Terms_are_divided_by_what_the_name_says(LossNormalization normalization, double expected, int weight)
    {
        using DisposeScope scope = NewDisposeScope();
        PolicyLossResult alone = Loss(normalization, 1);
        Assert.Equal(expected, alone.Loss.item<double>(), 14);

        // Of two micro-batches each is half; what is shown is not.
        PolicyLossResult half = Loss(normalization, 2);
        Assert.Equal(expected / 2, half.Loss.item<double>(), 14);
        Assert.All([alone, half], result => Assert.Equal(expected, result.Metrics["policy_loss"].Value, 14));
        Assert.Equal(weight, half.Metrics["policy_loss"].Weight);
    }

    // −9 over the 4 tokens of this micro-batch, or over the 10 of the step: such shares are added up.
    [Theory]
    [InlineData(null, -9.0 / 4)]
    [InlineData(10.0, -9.0 / 10)]
    public void Tokens_of_the_step_are_those_given_or_else_these(double? tokens, double expected)
    {
        using DisposeScope scope = NewDisposeScope();
        PolicyLossResult result = Loss(LossNormalization.StepTokens, 1, tokens);
        Assert.Equal(expected, result.Loss.item<double>(), 14);
        Assert.Equal((expected, LossMetricKind.Sum), (result.Metrics["policy_loss"].Value, result.Metrics["policy_loss"].Kind));
    }

    [Fact]
    public void A_completion_may_be_of_one_token()
    {
        // −9 / (3 · 1)
        using DisposeScope scope = NewDisposeScope();
        Assert.Equal(-3, Loss(LossNormalization.MaxCompletionLength, 1, most: 1).Loss.item<double>(), 14);
        Assert.Contains("MaxCompletionLength is 0", Assert.Throws<ArgumentException>(
            () => Loss(LossNormalization.MaxCompletionLength, 1, most: 0)).Message);
    }

    private static PolicyLossResult Loss(LossNormalization normalization, int steps, double? tokens = null, int most = 4)
    {
        GrpoLossOptions options = normalization == LossNormalization.CompletionTerm
            ? GrpoLossOptions.Rloo : new GrpoLossOptions { Normalization = normalization };
        return new GrpoLoss(options).Compute(new PolicyLossInputs
        {
            LogProbabilities = zeros(3, 3, ScalarType.Float64),
            Mask = tensor(new long[,] { { 1, 1, 1 }, { 0, 0, 0 }, { 0, 1, 0 } }),
            Advantages = tensor(new double[] { 1, 3, 6 }),
            AccumulationSteps = steps,
            MaxCompletionLength = most,
            TokensInStep = tokens,
        });
    }
}
