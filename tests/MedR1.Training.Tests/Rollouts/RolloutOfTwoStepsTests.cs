using MedR1.Losses;
using MedR1.Testing;

namespace MedR1.Training.Tests;

/// <summary>Values shared between the optimizer steps of one rollout.</summary>
public sealed class RolloutOfTwoStepsTests
{
    // With their end tokens the first step has 2 × 2 and 2 × 3, the second 2 × 2 and 3; one completion of 4 is truncated and excluded.
    // The share of a generation is half of the 17 tokens.
    [Theory]
    [InlineData(TokenDivisor.MeanStepTokens, 8.5, 8.5)]
    [InlineData(TokenDivisor.StepTokens, 10, 7)]
    public async Task Excluded_completions_do_not_count_among_the_tokens(TokenDivisor divisor, double first, double second)
    {
        using TinyPolicy policy = TestData.Policy();
        List<double> masked = [];
        GradientRecorder recorder = new(policy) { MicroStep = pass => masked.Add(pass.Inputs.Mask.sum().item<long>()) };
        await Builder(policy, new GrpoLoss(GrpoLossOptions.Dapo), divisor).AddObserver(recorder).RunAsync();

        Assert.Equal([first, second], recorder.MicroSteps.Select(pass => pass.Inputs.TokensInStep!.Value));
        Assert.Equal([10, 7], masked);
        Assert.Equal([(4, 4), (4, 3)], recorder.MicroSteps.Select(pass => (pass.Inputs.RowsInStep, pass.Inputs.NonEmptyRowsInStep)));
    }

    [Fact]
    public async Task The_critic_divides_by_the_share_of_the_generation_too()
    {
        // The first step has 4 completions of 2 tokens, the second 4 of 4: 8 itself against a share of (8 + 16) / 2 = 12.
        double own = await CriticNormAsync(TokenDivisor.StepTokens);
        double share = await CriticNormAsync(TokenDivisor.MeanStepTokens);
        Assert.True(own > 0);
        Assert.Equal(own * 8 / 12, share, own * 1e-5);

        static async Task<double> CriticNormAsync(TokenDivisor divisor)
        {
            using TinyPolicy policy = TestData.Policy();
            TrainingReport report = await PpoRuns.Small(
                policy,
                options => (options.StepsPerGeneration, options.MaxSteps, options.TokenDivisor) = (2, 2, divisor), prompts: 4)
                .UseOrder(new SequentialOrder())
                .UseSampler(new ScriptedSampler((prompt, _) => prompt.Example!.Id[^1] is '0' or '1' ? "1" : "111"))
                .RunAsync();
            return report.History[0].Values["critic/grad_norm"];
        }
    }

    // Eight prompts, two per step, four per rollout, which two iterations use twice.
    [Theory]
    [InlineData(1, 0.25)]
    [InlineData(2, 0.125)]
    public async Task The_epoch_advances_within_a_rollout(int iterations, double perStep)
    {
        using TinyPolicy policy = TestData.Policy();
        TrainingReport report = await Runs.Small(
            policy, options => (options.StepsPerGeneration, options.Iterations, options.MaxSteps) = (2, iterations, 4), prompts: 8).RunAsync();

        Assert.Equal(Enumerable.Range(1, 4).Select(step => step * perStep), report.History.Select(metrics => metrics.Values["epoch"]));
    }

    private static GrpoTrainerBuilder Builder(TinyPolicy policy, GrpoLoss loss, TokenDivisor divisor) => Runs.Small(
        policy,
        options =>
        {
            options.GroupSize = 2;
            options.StepsPerGeneration = 2;
            options.MaxSteps = 2;
            options.MaxNewTokens = 4;
            options.TokenDivisor = divisor;
        },
        loss, prompts: 4)
        .UseOrder(new SequentialOrder())
        .UseSampler(new ScriptedSampler((prompt, sample) =>
            sample == 0 ? "a" : prompt.Example!.Id == "example 3" ? "much too long" : "bb"));
}
