using System.Text.Json.Nodes;
using MedR1.Losses;
using MedR1.Modeling;
using MedR1.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Training.Tests;

public sealed class PpoResumeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medr1-").FullName;

    [Theory]
    [InlineData(1, 1, 2, 4, false)]
    [InlineData(2, 1, 1, 4, true)]
    [InlineData(2, 2, 3, 3, false)]
    public async Task A_resumed_run_equals_an_uninterrupted_one_bit_for_bit(
        int stepsPerGeneration, int iterations, int saveInterval, int savedAt, bool adaptsEntropy)
    {
        void Configure(PpoTrainerOptions options)
        {
            // Entropies are at most ln 260 = 5.6, so that the bonus grows with each step.
            options.AdaptiveEntropy = adaptsEntropy ? new AdaptiveEntropyOptions { Target = 6 } : null;
            options.StepsPerGeneration = stepsPerGeneration;
            options.Iterations = iterations;
        }

        using TinyPolicy whole = TestData.Policy();
        using PpoTrainer straight = PpoRuns.Small(whole, Configure).Build();
        TrainingReport all = await straight.RunAsync();

        using TinyPolicy first = TestData.Policy();
        using CancellationTokenSource source = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => PpoRuns.Small(first, options =>
        {
            Configure(options);
            options.OutputFolder = _folder;
            options.SaveInterval = saveInterval;
        }).AddObserver(new CancelAfter(5, source)).RunAsync(source.Token));

        using TinyPolicy second = TestData.Policy();
        using PpoTrainer trainer = PpoRuns.Small(second, Configure).ResumeFrom(_folder).Build();
        TrainingReport rest = await trainer.RunAsync();

        Assert.Equal(savedAt + 1, rest.History[0].Step);
        Assert.Equal(TestData.Weights(whole), TestData.Weights(second));
        Assert.Equal(PpoRuns.Weights(straight.Critic), PpoRuns.Weights(trainer.Critic));
        Assert.Equal(
            all.History.TakeLast(rest.History.Count).Select(Runs.Untimed), rest.History.Select(Runs.Untimed));
        Assert.Equal(adaptsEntropy, rest.History[0].Values.ContainsKey("entropy_coef"));
    }

    // A pass whose completions have no score computes one of them anyway, of which nothing is learnt. Of five prompts, a rollout has four, and
    // so at least one of the two on which the reward fails.
    [Fact]
    public async Task A_run_resumes_in_a_rollout_with_a_prompt_without_scores()
    {
        static PpoTrainerBuilder Build(TinyPolicy policy, Action<PpoTrainerOptions> configure) => PpoRuns.Small(policy, options =>
        {
            options.StepsPerGeneration = 2;
            options.PromptsPerMicroBatch = 1;
            options.MaxSteps = 4;
            configure(options);
        }).AddReward("failing", context => context.Prompt.Example!.Id is "example 0" or "example 1" ? double.NaN : 0);

        using TinyPolicy whole = TestData.Policy();
        await Build(whole, _ => { }).RunAsync();

        using TinyPolicy first = TestData.Policy();
        using CancellationTokenSource source = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Build(first, options =>
        {
            options.OutputFolder = _folder;
            options.SaveInterval = 1;
        }).AddObserver(new CancelAfter(2, source)).RunAsync(source.Token));

        using TinyPolicy second = TestData.Policy();
        TrainingReport rest = await Build(second, _ => { }).ResumeFrom(_folder).RunAsync();

        Assert.Equal([2L, 3, 4], rest.History.Select(metrics => metrics.Step));
        Assert.Equal(TestData.Weights(whole), TestData.Weights(second));
    }

    [Fact]
    public async Task A_cancelled_run_continues_where_it_stopped_without_a_checkpoint()
    {
        static void Configure(PpoTrainerOptions options)
        {
            options.StepsPerGeneration = 2;
            options.Iterations = 2;
        }

        using TinyPolicy whole = TestData.Policy();
        await PpoRuns.Small(whole, Configure).RunAsync();

        using TinyPolicy policy = TestData.Policy();
        using CancellationTokenSource source = new();
        using PpoTrainer trainer = PpoRuns.Small(policy, Configure).AddObserver(new CancelAfter(5, source)).Build();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => trainer.RunAsync(source.Token));
        TrainingReport rest = await trainer.RunAsync();

        Assert.Equal([6L, 7L, 8L], rest.History.Select(metrics => metrics.Step));
        Assert.Equal(TestData.Weights(whole), TestData.Weights(policy));
    }

    [Fact]
    public async Task A_checkpoint_of_grpo_or_of_other_weights_is_refused()
    {
        using TinyPolicy policy = TestData.Policy();
        await Runs.Small(policy, options =>
        {
            options.MaxSteps = 1;
            options.OutputFolder = _folder;
        }).RunAsync();
        using TinyPolicy next = TestData.Policy(seed: 5);

        CheckpointException exception = Assert.Throws<CheckpointException>(
            () => PpoRuns.Small(next, _ => { }).ResumeFrom(_folder).Build());

        Assert.Contains("was written by GrpoTrainer, not by PpoTrainer", exception.Message);
        Assert.Contains("weights that the policy was built with", exception.Message);
    }

    [Fact]
    public async Task A_list_of_checksums_that_lacks_the_critic_vouches_for_nothing()
    {
        using TinyPolicy policy = TestData.Policy();
        using (ValueModel first = ValueModel.CopyOf(policy))
        {
            await PpoRuns.Small(policy, OneStep).UseCritic(first).RunAsync();
        }

        string path = Path.Combine(_folder, "step-000001", "checksums.json");
        JsonObject list = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        Assert.True(list.Remove("critic.safetensors"));
        File.WriteAllText(path, list.ToJsonString());

        using TinyPolicy next = TestData.Policy();
        using ValueModel critic = ValueModel.CopyOf(next);
        CheckpointException exception = Assert.Throws<CheckpointException>(
            () => PpoRuns.Small(next, OneStep).UseCritic(critic).ResumeFrom(_folder).Build());

        Assert.Contains($"'{path}' has no checksum of critic.safetensors.", exception.Message);
    }

    [Fact]
    public async Task A_critic_is_unchanged_if_the_state_of_the_policy_does_not_fit()
    {
        using TinyPolicy policy = TestData.Policy();
        using (ValueModel first = ValueModel.CopyOf(policy))
        {
            await PpoRuns.Small(policy, OneStep).UseCritic(first).RunAsync();
        }

        string file = Path.Combine(_folder, "step-000001", "trainer.safetensors");
        using (DisposeScope scope = NewDisposeScope())
        {
            Dictionary<string, Tensor> state = SafetensorsFile.Load(file);
            SafetensorsWriter.Write(file, [.. state.Skip(1).Select(pair => SafetensorsItem.Of(pair.Key, pair.Value))]);
        }

        File.Delete(Path.Combine(_folder, "step-000001", "checksums.json"));
        using TinyPolicy next = TestData.Policy();
        using ValueModel critic = ValueModel.CopyOf(next);
        float[][] policyBefore = TestData.Weights(next), criticBefore = PpoRuns.Weights(critic);
        Assert.Throws<CheckpointException>(() => PpoRuns.Small(next, OneStep).UseCritic(critic).ResumeFrom(_folder).Build());

        Assert.Equal(policyBefore, TestData.Weights(next));
        Assert.Equal(criticBefore, PpoRuns.Weights(critic));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void OneStep(PpoTrainerOptions options)
    {
        options.MaxSteps = 1;
        options.OutputFolder = _folder;
    }

    private sealed class CancelAfter(long step, CancellationTokenSource source) : ITrainingObserver
    {
        public void OnStep(StepMetrics metrics)
        {
            if (metrics.Step == step)
            {
                source.Cancel();
            }
        }
    }
}
