using MedR1.Losses;
using MedR1.Testing;

namespace MedR1.Training.Tests;

/// <summary>Training with losses that compare the tokens of a pass with each other.</summary>
public sealed class CovarianceLossTests : ChangedRunTests
{
    private static readonly GrpoLoss s_half = new(GrpoLossOptions.ClipCov with
    {
        ClipCovariance = new ClipCovarianceOptions { Fraction = 0.5, Minimum = -100, Maximum = 100 },
    });

    [Fact]
    public async Task Completions_without_an_advantage_are_compared_too()
    {
        // Prompts whose answers all get the same reward have advantages of 0; their log-probabilities are part of the mean.
        static double? Reward(RewardContext context) => context.Example.Id[^1] is '1' or '4' ? 1 : context.Completion.TokenCount;
        GrpoLoss loss = new(GrpoLossOptions.KlCov);
        float[]?[] all = await Gradients.FirstAsync(loss, 4, Reward);
        float[]?[] skipping = await Gradients.FirstAsync(loss, 4, Reward, options => options.SkipCompletionsWithoutGradient = true);

        Assert.Equal(all, skipping);
    }

    [Fact]
    public async Task A_resumed_run_draws_the_same_tokens()
    {
        static void Configure(GrpoTrainerOptions options) => (options.StepsPerGeneration, options.SaveInterval) = (2, 1);
        using TinyPolicy whole = TestData.Policy(), other = TestData.Policy();
        TrainingReport straight = await Builder(whole, Configure, s_half).RunAsync();
        await Builder(other, Configure, new GrpoLoss(new GrpoLossOptions())).RunAsync();
        Assert.NotEqual(TestData.Weights(whole), TestData.Weights(other));

        using TinyPolicy first = TestData.Policy(), second = TestData.Policy();
        using CancellationTokenSource source = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Builder(first, Configure, s_half).AddObserver(new AtStep(4, source.Cancel)).RunAsync(source.Token));
        TrainingReport resumed = await Builder(second, Configure, s_half).ResumeFrom(Folder).RunAsync();

        Assert.Equal(4, resumed.History[0].Step);
        Assert.Equal(TestData.Weights(whole), TestData.Weights(second));
        Assert.Equal(straight.History.Skip(3).Select(Runs.Untimed), resumed.History.Select(Runs.Untimed));
        Assert.All(straight.History, metrics => Assert.InRange(metrics.Values["covariance/chosen_ratio"], 0.3, 0.5));
    }

    [Fact]
    public async Task Each_pass_of_each_step_has_its_own_seed()
    {
        SeedList seeds = new();
        using TinyPolicy policy = TestData.Policy();
        await Builder(policy, options => (options.MaxSteps, options.PromptsPerMicroBatch) = (3, 1), s_half).AddObserver(seeds).RunAsync();
        SeedList again = new();
        using TinyPolicy other = TestData.Policy();
        await Builder(other, options => (options.MaxSteps, options.PromptsPerMicroBatch, options.Seed) = (3, 1, 7), s_half)
            .AddObserver(again).RunAsync();

        Assert.Equal(12, seeds.Concat(again).Distinct().Count());
    }

    private sealed class SeedList : List<long?>, IRolloutObserver
    {
        public void OnMicroStep(PolicyMicroStep step) => Add(step.Inputs.Seed);
    }
}
