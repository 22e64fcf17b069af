using MedR1.Losses;
using MedR1.Testing;

namespace MedR1.Training.Tests;

public sealed class RecordedRolloutTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medr1-").FullName;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    public async Task Training_from_captured_rollouts_equals_the_captured_training(int stepsPerGeneration, int iterations)
    {
        void Configure(GrpoTrainerOptions options)
        {
            options.StepsPerGeneration = stepsPerGeneration;
            options.Iterations = iterations;
        }

        using TinyPolicy policy = TestData.Policy();
        TrainingReport sampled = await Runs.Small(policy, Configure).AddObserver(new RolloutRecorder(_folder)).RunAsync();
        using TinyPolicy again = TestData.Policy();
        TrainingReport replayed = await Runs.Small(again, Configure).UseRecordedRollouts(_folder).RunAsync();

        Assert.Equal(TestData.Weights(policy), TestData.Weights(again));
        Assert.Equal(sampled.History.Select(Runs.Untimed), replayed.History.Select(Runs.Untimed));
        Assert.Equal(0, replayed.History[0].Values["time/sample"]);
        Assert.Equal(8 / stepsPerGeneration / iterations, Directory.GetFiles(_folder).Length);
    }

    [Fact]
    public async Task Advantages_are_computed_anew_as_this_training_computes_them()
    {
        // The rewards 0 to 3 deviate from their mean by −1.5 to 1.5; the captured training divided that by their deviation.
        GrpoTrainerBuilder Builder(TinyPolicy policy) => new GrpoTrainerBuilder(policy)
            .UsePrompts(TestData.Prompts(2))
            .AddReward("sample", context => context.Completion.SampleIndex)
            .Configure(options => (options.PromptsPerStep, options.GroupSize, options.MaxSteps, options.MaxNewTokens) = (2, 4, 1, 4));

        using TinyPolicy policy = TestData.Policy();
        await Builder(policy).AddObserver(new RolloutRecorder(_folder)).RunAsync();
        using TinyPolicy again = TestData.Policy();
        RolloutList rollouts = [];
        await Builder(again).UseAdvantages(AdvantageOptions.DrGrpo).UseRecordedRollouts(_folder).AddObserver(rollouts).RunAsync();

        Assert.All(Assert.Single(rollouts).Advantages, group => Assert.Equal([-1.5, -0.5, 0.5, 1.5], group));
    }

    [Fact]
    public async Task Groups_that_were_replayed_when_captured_are_off_policy_here_too()
    {
        // Prompts 0 and 1 come first and disagree; one of them later replaces one of the others, whose completions agree.
        GrpoTrainerBuilder Builder(TinyPolicy policy) => Runs.Small(
            policy, options => options.MaxSteps = 3, new GrpoLoss(GrpoLossOptions.MedR1 with { KlCoefficient = 0 }), prompts: 6)
            .UseOrder(new SequentialOrder())
            .AddReward("length", context => context.Completion.TokenCount);

        using TinyPolicy policy = TestData.Policy();
        RolloutList rollouts = [];
        await Builder(policy)
            .Configure(options => options.Replay = new ReplayOptions { Capacity = 1 })
            .UseSampler(new ScriptedSampler((prompt, sample) =>
                prompt.Example!.Id[^1] is '0' or '1' ? new string((char)('a' + sample), 1 + sample) : "the same"))
            .AddObserver(new RolloutRecorder(_folder)).AddObserver(rollouts)
            .RunAsync();
        using TinyPolicy again = TestData.Policy();
        await Builder(again).UseRecordedRollouts(_folder).RunAsync();

        Assert.Single(rollouts[2].ReplayedFrom, index => index == 0);
        Assert.Equal(TestData.Weights(policy), TestData.Weights(again));
    }

    [Fact]
    public async Task More_steps_than_were_captured_fail_with_the_missing_file()
    {
        using TinyPolicy policy = TestData.Policy();
        await Runs.Small(policy, options => options.MaxSteps = 2).AddObserver(new RolloutRecorder(_folder)).RunAsync();
        using TinyPolicy again = TestData.Policy();

        InvalidOperationException exception = await Assert.ThrowsAsync<InvalidOperationException>(
            () => Runs.Small(again, _ => { }).UseRecordedRollouts(_folder).RunAsync());

        Assert.Contains("rollout-000002.json", exception.Message);
        Assert.Contains("Lower MaxSteps", exception.Message);
    }

    [Fact]
    public async Task Tokens_of_another_model_are_named_with_their_file()
    {
        using TinyPolicy policy = TestData.Policy();
        await Runs.Small(policy, options => options.MaxSteps = 1).AddObserver(new RolloutRecorder(_folder)).RunAsync();
        string path = Path.Combine(_folder, "rollout-000000.json");
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"tokenIds\":[", "\"tokenIds\":[151643,", StringComparison.Ordinal));

        InvalidDataException exception = await Assert.ThrowsAsync<InvalidDataException>(
            () => Runs.Small(policy, options => options.MaxSteps = 1).UseRecordedRollouts(_folder).RunAsync());

        Assert.StartsWith($"'{path}' can't be learnt from: in group 0 completion 0 has token 151643 at 0", exception.Message);
    }

    [Fact]
    public void A_recorded_run_has_no_sampler_and_needs_its_folder()
    {
        using TinyPolicy policy = TestData.Policy();

        TrainerConfigurationException exception = Assert.Throws<TrainerConfigurationException>(
            () => Runs.Small(policy, _ => { }).UseSampler(new ScriptedSampler("a"))
                .UseRecordedRollouts(Path.Combine(_folder, "none")).Build());

        Assert.Equal(2, exception.Errors.Count);
        Assert.Contains(exception.Errors, mistake => mistake.Contains("There is no folder", StringComparison.Ordinal));
        Assert.Contains(exception.Errors, mistake => mistake.Contains("remove .UseRecordedRollouts", StringComparison.Ordinal));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
