using MedR1.Losses;
using MedR1.Testing;

namespace MedR1.Training.Tests;

/// <summary>
/// A run is resumed in the middle of a rollout with a loss that no longer excludes truncated completions. What the first loss excluded has no
/// old log-probabilities, nor targets of PPO, and the policy has been updated since.
/// </summary>
public sealed class ChangedExclusionTests : IDisposable
{
    private static readonly GrpoLossOptions s_including = GrpoLossOptions.Dapo with { MaskTruncatedCompletions = false };
    private readonly string _folder = Directory.CreateTempSubdirectory("medr1-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // With their end tokens the second step has 2 × 2 and 3, and in each rollout one completion of 4 is truncated.
    [Fact]
    public async Task Grpo_leaves_them_out_until_the_next_rollout()
    {
        using TinyPolicy first = TestData.Policy();
        await Grpo(first, GrpoLossOptions.Dapo, steps: 1).RunAsync();
        using TinyPolicy second = TestData.Policy();
        GradientRecorder recorder = Masks(second, out List<long> tokens);
        await Grpo(second, s_including, steps: 4).AddObserver(recorder).ResumeFrom(_folder).AllowChangedSettings("loss").RunAsync();

        Assert.Equal([7, 10, 11], tokens);
    }

    [Fact]
    public async Task Ppo_leaves_them_out_until_the_next_rollout()
    {
        using TinyPolicy first = TestData.Policy();
        await Ppo(first, GrpoLossOptions.Dapo, steps: 1).RunAsync();
        using TinyPolicy second = TestData.Policy();
        GradientRecorder recorder = Masks(second, out List<long> tokens);
        await Ppo(second, s_including, steps: 4).AddObserver(recorder).ResumeFrom(_folder).AllowChangedSettings("loss").RunAsync();

        Assert.Equal([7, 10, 11], tokens);
    }

    // In the second rollout all rewards are equal, so that the first is replayed.
    [Fact]
    public async Task A_replayed_group_leaves_them_out_too()
    {
        using TinyPolicy first = TestData.Policy();
        await Replay(first, GrpoLossOptions.Dapo, steps: 2).RunAsync();
        using TinyPolicy second = TestData.Policy();
        GradientRecorder recorder = Masks(second, out List<long> tokens);
        await Replay(second, s_including, steps: 4).AddObserver(recorder).ResumeFrom(_folder).AllowChangedSettings("loss").RunAsync();

        Assert.Equal([17L, 17L], [tokens.Sum(), recorder.MicroSteps.Sum(pass => (long)pass.Inputs.TokensInStep!.Value)]);
    }

    private static GradientRecorder Masks(TinyPolicy policy, out List<long> tokens)
    {
        List<long> masked = tokens = [];
        return new GradientRecorder(policy) { MicroStep = pass => masked.Add(pass.Inputs.Mask.sum().item<long>()) };
    }

    private GrpoTrainerBuilder Grpo(TinyPolicy policy, GrpoLossOptions loss, int steps) =>
        Runs.Small(policy, options => Configure(options, steps), new GrpoLoss(loss), prompts: 4)
            .UseOrder(new SequentialOrder()).UseSampler(Answers());

    private GrpoTrainerBuilder Replay(TinyPolicy policy, GrpoLossOptions loss, int steps) => Grpo(policy, loss, steps)
        .AddReward("first only", context => steps == 2 ? context.Completion.TokenCount : 0)
        .Configure(options => options.Replay = new ReplayOptions { Reward = "first only" });

    private PpoTrainerBuilder Ppo(TinyPolicy policy, GrpoLossOptions loss, int steps) =>
        PpoRuns.Small(policy, options => Configure(options, steps), prompts: 4)
            .UseLoss(new PpoLossOptions { Policy = loss }).UseOrder(new SequentialOrder()).UseSampler(Answers());

    private void Configure(RolloutTrainerOptions options, int steps)
    {
        (options.GroupSize, options.StepsPerGeneration, options.MaxSteps, options.MaxNewTokens) = (2, 2, steps, 4);
        (options.OutputFolder, options.Schedule) = (_folder, LearningRateDecay.Constant);
    }

    private static ScriptedSampler Answers() => new((prompt, sample) =>
        sample == 0 ? "a" : prompt.Example!.Id == "example 3" ? "much too long" : "bb");
}
