using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Losses.Tests;

/// <summary>The controller of the entropy bonus gets the entropy of the tokens that the bonus acts on.</summary>
public sealed class BonusEntropyTests
{
    [Theory]
    [InlineData(1, 21, 6)]
    [InlineData(0.5, 15, 3)]
    [InlineData(0, 6, 1)]
    public void It_is_of_the_tokens_of_the_bonus_and_the_metric_is_of_all(double fraction, double sum, double tokens)
    {
        using DisposeScope scope = NewDisposeScope();
        PolicyLossInputs inputs = new()
        {
            LogProbabilities = zeros(2, 4, ScalarType.Float64).requires_grad_(true),
            Mask = tensor(new long[,] { { 1, 1, 1, 0 }, { 1, 1, 1, 0 } }),
            Advantages = zeros(2, ScalarType.Float64),
            Entropies = Batches.Matrix(new[,] { { 1.0, 2, 6, 9 }, { 5, 4, 3, 9 } }, gradient: true),
            EntropyCoefficient = 0.5,
        };
        GrpoLossOptions options = GrpoLossOptions.Dapo with { TopEntropyQuantile = fraction };
        PolicyLossResult result = new GrpoLoss(options).Compute(inputs);

        Assert.Equal(new LossMetric(sum, tokens), result.BonusEntropy);
        Assert.Equal(new LossMetric(21, 6), result.Metrics["entropy"]);
        Assert.Equal(-0.5 * sum / tokens, result.Loss.item<double>(), 12);
        Assert.DoesNotContain(result.Metrics.Keys, name => name.Contains("bonus", StringComparison.Ordinal));

        PpoLoss ppo = new(PpoLossOptions.LanguageModel with { Policy = options, ValueClip = null });
        Tensor zeros_BT = zeros(2, 4, ScalarType.Float64);
        Assert.Equal(
            result.BonusEntropy,
            ppo.Compute(new PpoLossInputs { Policy = inputs with { Advantages = zeros_BT }, Values = zeros_BT, Returns = zeros_BT })
                .BonusEntropy);
    }

    [Fact]
    public void Without_entropies_there_is_none()
    {
        using DisposeScope scope = NewDisposeScope();
        Assert.Null(new GrpoLoss(GrpoLossOptions.Dapo).Compute(Batches.Random(1) with { Entropies = null }).BonusEntropy);
    }
}
