using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Losses.Tests;

/// <summary>Compares an optimizer step in one batch to the same step in several.</summary>
public sealed class MicroBatchTests
{
    // bnpo is by definition a mean of means; covariances are those of a micro-batch.
    public static TheoryData<string> PresetsThatAddUp => [.. GrpoLossTests.PresetOptions.Keys.Except(
        [nameof(GrpoLossOptions.Bnpo), nameof(GrpoLossOptions.ClipCov), nameof(GrpoLossOptions.KlCov)])];

    [Theory]
    [MemberData(nameof(PresetsThatAddUp))]
    public void Micro_batches_add_up_to_the_whole_step(string preset)
    {
        using DisposeScope scope = NewDisposeScope();
        GrpoLossOptions options = GrpoLossTests.PresetOptions[preset];
        PolicyLossInputs whole = Batches.Random(2, rows: 8);
        double tokens = whole.Mask.sum().item<long>();
        foreach (int[] cut in new int[][] { [0, 1, 2, 3, 4, 5, 6, 7, 8], [0, 4, 8], [0, 3, 4, 8] })
        {
            AddUp(options, whole, cut, part => part with { TokensInStep = tokens, RowsInStep = 8 });
        }
    }

    [Theory]
    [MemberData(nameof(PresetsThatAddUp))]
    public void Equal_micro_batches_add_up_without_the_number_of_rows(string preset)
    {
        using DisposeScope scope = NewDisposeScope();
        PolicyLossInputs whole = Batches.Random(2, rows: 8);
        double tokens = whole.Mask.sum().item<long>();
        AddUp(GrpoLossTests.PresetOptions[preset], whole, [0, 4, 8], part => part with { TokensInStep = tokens });
    }

    [Fact]
    public void Equal_micro_batches_add_up_without_the_number_of_non_empty_rows()
    {
        // Every row of both halves has at least one token.
        using DisposeScope scope = NewDisposeScope();
        GrpoLossOptions options = GrpoLossOptions.MedR1 with { Normalization = LossNormalization.NonEmptyCompletionMean };
        AddUp(options, Batches.Random(2, rows: 8), [0, 4, 8], part => part);
    }

    [Fact]
    public void Means_over_the_tokens_of_a_micro_batch_are_averaged()
    {
        using DisposeScope scope = NewDisposeScope();
        PolicyLossInputs whole = Batches.Random(2, rows: 8);
        double alone = 0;
        double accumulated = 0;
        foreach (int from in new[] { 0, 3 })
        {
            PolicyLossInputs part = Batches.Slice(whole, from, from == 0 ? 3 : 8);
            alone += Batches.Run(GrpoLossOptions.Bnpo, part).Loss;
            accumulated += Batches.Run(GrpoLossOptions.Bnpo, part with { AccumulationSteps = 2 }).Loss;
        }

        Assert.Equal(alone / 2, accumulated, 12);
        Assert.NotEqual(Batches.Run(GrpoLossOptions.Bnpo, whole).Loss, accumulated, 1e-6);
    }

    [Fact]
    public void The_entropy_bonus_adds_up_over_micro_batches_of_equal_token_counts()
    {
        // The bonus is a mean over the tokens of the micro-batch: with all tokens active, each half has 36.
        using DisposeScope scope = NewDisposeScope();
        PolicyLossInputs whole = Batches.Random(2, rows: 8);
        whole = whole with { Mask = ones_like(whole.Mask) };
        GrpoLossOptions options = GrpoLossOptions.DeepSeekMath with { EntropyCoefficient = 0.03 };
        double[] expected = EntropyGradient(options, whole);
        double[] first = EntropyGradient(options, Batches.Slice(whole, 0, 4) with { AccumulationSteps = 2 });
        double[] second = EntropyGradient(options, Batches.Slice(whole, 4, 8) with { AccumulationSteps = 2 });
        Assert.All(expected, value => Assert.Equal(-0.03 / 72, value, 1e-15));
        Batches.Close(expected, [.. first, .. second], 1e-15);
        AddUp(options, whole, [0, 4, 8], part => part);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(5.0)]
    public void A_micro_batch_without_tokens_has_a_loss_of_zero(double tokensInStep)
    {
        using DisposeScope scope = NewDisposeScope();
        PolicyLossInputs inputs = Batches.Random(4);
        (double loss, double[] gradient) = Batches.Run(
            GrpoLossOptions.Dapo, inputs with { Mask = zeros_like(inputs.Mask), TokensInStep = tokensInStep });
        Assert.Equal(0, loss);
        Assert.All(gradient, value => Assert.Equal(0, value));
    }

    [Fact]
    public void The_tokens_of_a_step_are_its_share_of_the_generation()
    {
        // 120 tokens × 2 micro-batches of 4; a generation without a token counts as one of 1: 1 × 2 / 4.
        Assert.Equal(60, StepTokenCount.OfGenerationBatch(120, 2, 4));
        Assert.Equal(0.5, StepTokenCount.OfGenerationBatch(0, 2, 4));
        Assert.Throws<ArgumentOutOfRangeException>("generationTokens", () => StepTokenCount.OfGenerationBatch(-1, 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>("accumulationSteps", () => StepTokenCount.OfGenerationBatch(1, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>("stepsPerGeneration", () => StepTokenCount.OfGenerationBatch(1, 1, 0));
    }

    private static void AddUp(
        GrpoLossOptions options, PolicyLossInputs whole, int[] cut, Func<PolicyLossInputs, PolicyLossInputs> count)
    {
        (double loss, double[] gradient) = Batches.Run(options, whole);
        double sum = 0;
        List<double> parts = [];
        for (int i = 0; i + 1 < cut.Length; i++)
        {
            PolicyLossInputs slice = Batches.Slice(whole, cut[i], cut[i + 1]);
            (double part, double[] partGradient) = Batches.Run(
                options, count(slice with { AccumulationSteps = cut.Length - 1 }));
            sum += part;
            parts.AddRange(partGradient);
        }

        Assert.Equal(loss, sum, 12);
        Batches.Close(gradient, parts, 1e-14);
    }

    private static double[] EntropyGradient(GrpoLossOptions options, PolicyLossInputs inputs)
    {
        Tensor entropies = inputs.Entropies!.detach().clone().requires_grad_(true);
        new GrpoLoss(options).Compute(inputs with { Entropies = entropies }).Loss.backward();
        return Batches.Values(entropies.grad!);
    }
}
