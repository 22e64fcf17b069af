using MedR1.Modeling;
using MedR1.Testing;
using MedR1.TestSupport;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Training.Tests;

/// <summary>A PPO step has two halves: between them there is nothing to save, unless the first moved nothing.</summary>
public sealed class PpoRescueTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medr1-").FullName;

    [Fact]
    public async Task A_step_that_failed_before_its_first_half_is_repeated()
    {
        using TinyPolicy whole = TestData.Policy();
        using PpoTrainer straight = PpoRuns.Small(whole, _ => { }).Build();
        TrainingReport all = await straight.RunAsync();

        // The critic's fifth call is for the values of the third rollout.
        OutOfMemoryException failure = await FailAsync(failAt: 5);
        string saved = Path.Combine(_folder, "step-000002");
        Assert.Equal(
            new TrainingFailure(
                3, saved, $"Step 3 failed. The state after step 2 is in '{saved}': .ResumeFrom(\"{saved}\") repeats it."),
            TrainingFailure.Of(failure));

        using TinyPolicy next = TestData.Policy(), body = TestData.Policy();
        using ValueModel critic = ValueModel.CopyOf(body);
        using PpoTrainer trainer = PpoRuns.Small(next, _ => { }).UseCritic(critic).ResumeFrom(saved).Build();
        TrainingReport rest = await trainer.RunAsync();
        Assert.Equal(TestData.Weights(whole), TestData.Weights(next));
        Assert.Equal(PpoRuns.Weights(straight.Critic), PpoRuns.Weights(critic));
        Assert.Equal(all.History.Skip(2).Select(Runs.Untimed), rest.History.Select(Runs.Untimed));
    }

    [Fact]
    public async Task A_step_whose_second_half_failed_is_not_saved_and_says_so()
    {
        OutOfMemoryException failure = await FailAsync(failAt: 6);
        Assert.Equal(
            "Step 3 failed. Nothing was saved: the optimizer had begun to update the parameters, so they belong to no step.",
            TrainingFailure.Of(failure)!.Message);
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public async Task A_step_whose_second_half_failed_after_a_skipped_first_half_is_repeated()
    {
        // Two calls a step: before the update, and in it.
        using TinyPolicy whole = TestData.Policy();
        using NotFiniteAt ofWhole = new(whole, 6);
        using PpoTrainer straight = PpoRuns.Small(ofWhole, _ => { }).Build();
        TrainingReport all = await straight.RunAsync();
        Assert.Equal(1, all.SkippedSteps);

        OutOfMemoryException failure = await FailAsync(failAt: 6, policy => new NotFiniteAt(policy, 6));
        string saved = Path.Combine(_folder, "step-000002");
        Assert.Equal(
            $"Step 3 failed. The state after step 2 is in '{saved}': .ResumeFrom(\"{saved}\") repeats it.",
            TrainingFailure.Of(failure)!.Message);

        using TinyPolicy next = TestData.Policy(), body = TestData.Policy();

        // The state before the update was saved with the rollout.
        using NotFiniteAt ofNext = new(next, 1);
        using ValueModel critic = ValueModel.CopyOf(body);
        using PpoTrainer trainer = PpoRuns.Small(ofNext, _ => { }).UseCritic(critic).ResumeFrom(saved).Build();
        TrainingReport rest = await trainer.RunAsync();
        Assert.Equal(1, rest.SkippedSteps);
        Assert.Equal(TestData.Weights(whole), TestData.Weights(next));
        Assert.Equal(PpoRuns.Weights(straight.Critic), PpoRuns.Weights(critic));
        Assert.Equal(all.History.Skip(2).Select(Runs.Untimed), rest.History.Select(Runs.Untimed));
    }

    // In the second of two passes, the critic already has the gradient of the first.
    [Theory]
    [InlineData(2, 4)]
    [InlineData(1, 8)]
    public async Task A_run_whose_critic_failed_continues_without_updating_the_policy_twice(int promptsPerPass, int failAt)
    {
        void Configure(PpoTrainerOptions options) => (options.MaxSteps, options.PromptsPerMicroBatch) = (3, promptsPerPass);
        using TinyPolicy whole = TestData.Policy();
        await PpoRuns.Small(whole, Configure).RunAsync();

        using TinyPolicy policy = TestData.Policy(), body = TestData.Policy();
        using FailingAt failing = new(body, failAt);
        using ValueModel critic = new(failing);
        using PpoTrainer trainer = PpoRuns.Small(policy, Configure).UseCritic(critic).Build();
        await Assert.ThrowsAsync<OutOfMemoryException>(() => trainer.RunAsync());
        await trainer.RunAsync();

        Assert.Equal(TestData.Weights(whole), TestData.Weights(policy));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<OutOfMemoryException> FailAsync(int failAt, Func<TinyPolicy, IVisionLanguagePolicy>? wrap = null)
    {
        using TinyPolicy tiny = TestData.Policy(), body = TestData.Policy();
        IVisionLanguagePolicy policy = wrap?.Invoke(tiny) ?? tiny;
        using FailingAt failing = new(body, failAt);
        using ValueModel critic = new(failing);
        return await Assert.ThrowsAsync<OutOfMemoryException>(
            () => PpoRuns.Small(policy, options => options.OutputFolder = _folder).UseCritic(critic).RunAsync());
    }

    // Its log-probabilities are NaN in one call.
    private sealed class NotFiniteAt(TinyPolicy policy, int at) : DelegatingPolicy(policy), IHiddenStatePolicy
    {
        private int _calls;

        public int HiddenSize => policy.HiddenSize;

        public PassOutput CompletionStates(IReadOnlyList<PackedGroup> groups) => policy.CompletionStates(groups);

        public override TokenStatistics TokenLogProbabilities(
            IReadOnlyList<PackedGroup> groups, TokenStatisticsOptions options, Tensor? imageFeatures = null)
        {
            TokenStatistics statistics = base.TokenLogProbabilities(groups, options, imageFeatures);
            if (++_calls == at)
            {
                using IDisposable guard = no_grad();
                statistics.LogProbabilities.detach().fill_(double.NaN);
            }

            return statistics;
        }
    }

    // Per pass, one call each for the values of a rollout and for the update.
    private sealed class FailingAt(TinyPolicy policy, int failAt) : DelegatingPolicy(policy), IHiddenStatePolicy
    {
        private int _calls;

        public int HiddenSize => policy.HiddenSize;

        public PassOutput CompletionStates(IReadOnlyList<PackedGroup> groups) => ++_calls == failAt
            ? throw new OutOfMemoryException("no memory") : policy.CompletionStates(groups);
    }
}
