using System.Globalization;
using System.Text.RegularExpressions;
using MedR1.Models.Qwen2VL;
using MedR1.Testing;

namespace MedR1.Training.Tests;

/// <summary>A run resumes with the same trained parameters and learning rates, or with others only on purpose.</summary>
public sealed class ChangedParametersTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medr1-").FullName;
    private readonly string _frozen;
    private readonly string[] _names;

    public ChangedParametersTests()
    {
        using TinyPolicy policy = TestData.Policy();
        _names = [.. policy.Parameters.Select(pair => pair.Key)];
        _frozen = _names[2];
    }

    [Fact]
    public async Task Changed_freezing_and_learning_rates_are_refused_with_both_values()
    {
        await RunAsync(_ => { });
        CheckpointException exception = Refusal(options =>
        {
            options.Freeze(_frozen);
            options.LearningRateOf = name => name == _names[0] ? 0.001 : null;
        });
        Assert.Equal(
            [
                $"IsFrozen was none and is 1 of {_names.Length} parameters (names ?)",
                $"LearningRateOf was none and is 0.001 for 1 of {_names.Length} parameters (names ?)",
            ],
            Differences(exception));
        Assert.EndsWith(".AllowChangedSettings(\"IsFrozen\", \"LearningRateOf\").", exception.Message);
    }

    [Fact]
    public async Task The_same_number_of_different_parameters_is_a_change()
    {
        await RunAsync(options => options.Freeze(_frozen));
        string[] digests = [.. Regex.Matches(
            Refusal(options => options.Freeze(_names[3])).Message, "names ([0-9a-f]{16})").Select(match => match.Value)];
        Assert.Equal(2, digests.Distinct().Count());
    }

    [Fact]
    public async Task Functions_with_the_same_results_are_no_change()
    {
        await RunAsync(_ => { });
        using TinyPolicy policy = TestData.Policy();
        Builder(policy, options => (options.IsFrozen, options.LearningRateOf) = (_ => false, _ => options.LearningRate))
            .ResumeFrom(_folder).Build().Dispose();
    }

    [Theory]
    [InlineData(0.01, 0.02)]
    [InlineData(0.02, 0.01)]
    [InlineData(0.02, 0.03)]
    public async Task A_rate_equal_to_that_of_the_run_is_no_change_of_the_function(double before, double now)
    {
        await RunAsync(options => Set(options, before, 0.01));
        Assert.Equal(
            [string.Create(CultureInfo.InvariantCulture, $"LearningRate was {before} and is {now}")],
            Differences(Refusal(options => Set(options, now, 0.01))));

        // A different function is one.
        CheckpointException exception = Refusal(options => Set(options, now, 0.04), nameof(TrainerOptions.LearningRate));
        Assert.StartsWith("LearningRateOf was ", Assert.Single(exception.Differences));
        await RunAsync(options => Set(options, now, 0.01), steps: 3, nameof(TrainerOptions.LearningRate));

        void Set(GrpoTrainerOptions options, double rate, double own) =>
            (options.LearningRate, options.LearningRateOf) = (rate, name => name == _names[0] ? own : null);
    }

    [Fact]
    public async Task A_trained_parameter_that_is_now_frozen_keeps_its_values()
    {
        await RunAsync(_ => { }, steps: 3);
        float[] learnt = Weight(LoadModel(3), _frozen);
        await RunAsync(options => options.Freeze(_frozen), steps: 5, "IsFrozen");
        Assert.Equal(learnt, Weight(LoadModel(5), _frozen));

        // Its own checkpoints resume without a permission and contain it too, and it may be trained again.
        await RunAsync(options => options.Freeze(_frozen), steps: 7);
        Assert.Equal(learnt, Weight(LoadModel(7), _frozen));
        await RunAsync(_ => { }, steps: 8, "IsFrozen");
        Assert.NotEqual(learnt, Weight(LoadModel(8), _frozen));

        // Its moments start anew: a first step of AdamW is as large as the learning rate, 0.01.
        float longest = learnt.Zip(Weight(LoadModel(8), _frozen)).Max(pair => Math.Abs(pair.First - pair.Second));
        Assert.Equal(0.01, longest, 1e-5);
    }

    [Fact]
    public async Task A_frozen_parameter_may_be_trained_from_now_on()
    {
        await RunAsync(options => options.Freeze(_frozen), steps: 3);
        using TinyPolicy start = TestData.Policy();
        Assert.Equal(Weight(start, _frozen), Weight(LoadModel(3), _frozen));
        await RunAsync(_ => { }, steps: 5, "IsFrozen");
        Assert.NotEqual(Weight(start, _frozen), Weight(LoadModel(5), _frozen));
    }

    [Fact]
    public async Task A_tower_trained_before_it_was_frozen_is_not_shared_with_the_reference()
    {
        double own = await DivergenceAsync(policy => null), other = await DivergenceAsync(policy => policy);
        Assert.True(own > 1e-4, $"{own}");
        Assert.Equal(other, own, other * 1e-3);

        // Of the step after the one that trained the tower.
        async Task<double> DivergenceAsync(Func<Qwen2VLPolicy, Qwen2VLPolicy?> given)
        {
            string folder = Path.Combine(_folder, Guid.NewGuid().ToString("N"));
            using Qwen2VLPolicy start = SmallQwen.Load();
            await RunAsync(1, _ => { });
            return (await RunAsync(2, options => options.Freeze("visual."), "IsFrozen")).LastMetrics["kl"];

            async Task<TrainingReport> RunAsync(int steps, Action<GrpoTrainerOptions> configure, params string[] allowed)
            {
                using Qwen2VLPolicy policy = SmallQwen.Load();
                GrpoTrainerBuilder builder = new GrpoTrainerBuilder(policy).UsePrompts(SmallQwen.Prompts(2))
                    .AddReward("even", context => context.Completion.TokenIds.Sum() % 2)
                    .Configure(options =>
                    {
                        (options.MaxSteps, options.MaxNewTokens, options.PromptsPerStep, options.GroupSize) = (steps, 3, 2, 2);
                        (options.LearningRate, options.Schedule) = (0.01, LearningRateDecay.Constant);
                        (options.OutputFolder, options.LearningRateOf) = (folder, name => IsTower(name) ? 0.01 : 1e-6);
                    })
                    .Configure(configure);

                // A wrapped policy shares nothing.
                if (given(start) is Qwen2VLPolicy reference)
                {
                    builder.UseReference(new RowCounter(reference, null));
                }

                return steps == 1 ? await builder.RunAsync()
                    : await builder.ResumeFrom(folder).AllowChangedSettings([.. allowed, "LearningRateOf"]).RunAsync();
            }
        }

        static bool IsTower(string name) => name.StartsWith("visual.", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "was synchronized with the policy's, which is frozen now")]
    [InlineData(true, "was not synchronized, because the policy's was frozen, but it is trained now")]
    public async Task A_reference_that_follows_the_policy_follows_all_that_it_followed_and_no_more(bool isFrozenBefore, string said)
    {
        await RunAsync(options => Follow(options, isFrozenBefore));
        CheckpointException exception = Refusal(options => Follow(options, !isFrozenBefore), "IsFrozen");
        Assert.Contains($"The reference's '{_frozen}' {said}: IsFrozen must not change with ReferenceSync.", exception.Message);

        void Follow(GrpoTrainerOptions options, bool isFrozen)
        {
            options.ReferenceSync = new ReferenceSyncOptions { Interval = 2 };
            options.Freeze(isFrozen ? [_frozen] : []);
        }
    }

    [Fact]
    public async Task A_supervised_run_compares_its_parameters_too()
    {
        SftTrainerBuilder Build(TinyPolicy policy) => new SftTrainerBuilder(policy).UseExamples(TestData.Examples(4))
            .Configure(options => (options.ExamplesPerStep, options.MaxSteps, options.OutputFolder) = (1, 2, _folder));
        using TinyPolicy policy = TestData.Policy();
        using (SftTrainer trainer = Build(policy).Build())
        {
            await trainer.RunAsync();
        }

        CheckpointException exception = Assert.Throws<CheckpointException>(
            () => Build(policy).Configure(options => options.Freeze(_frozen)).ResumeFrom(_folder).Build());
        Assert.Equal([$"IsFrozen was none and is 1 of {_names.Length} parameters (names ?)"], Differences(exception));
    }

    [Fact]
    public async Task A_separate_critic_compares_its_parameters_too()
    {
        using TinyPolicy policy = TestData.Policy(), next = TestData.Policy(), body = TestData.Policy();
        PpoTrainerBuilder Build(TinyPolicy policy) => PpoRuns.Small(policy, options => (options.MaxSteps, options.OutputFolder) = (1, _folder));
        using ValueModel whole = new(body);
        await Build(policy).UseCritic(whole).RunAsync();

        body.Parameters[2].Value.requires_grad = false;
        CheckpointException exception = Assert.Throws<CheckpointException>(
            () => Build(next).UseCritic(whole).ResumeFrom(_folder).Build());
        Assert.Equal([$"IsFrozen.critic was none and is 1 of {whole.Parameters.Count} parameters (names ?)"], Differences(exception));
        Assert.EndsWith(".AllowChangedSettings(\"IsFrozen\").", exception.Message);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string[] Differences(CheckpointException exception) =>
        [.. exception.Differences.Select(difference => Regex.Replace(difference, "names [0-9a-f]{16}", "names ?"))];

    private static float[] Weight(TinyPolicy policy, string name) => policy.Parameters.Single(pair => pair.Key == name).Value
        .detach().contiguous().data<float>().ToArray();

    private TinyPolicy LoadModel(int step) => TinyPolicy.Load(Path.Combine(_folder, $"step-{step:000000}", "model"));

    // A constant rate needs no number of steps.
    private GrpoTrainerBuilder Builder(TinyPolicy policy, Action<GrpoTrainerOptions> configure) => Runs.Small(policy, options =>
    {
        (options.OutputFolder, options.Schedule) = (_folder, LearningRateDecay.Constant);
        configure(options);
    });

    // Runs to a step, from the last checkpoint if there is one; always built with the initial weights.
    private async Task RunAsync(Action<GrpoTrainerOptions> configure, int steps = 2, params string[] allowed)
    {
        using TinyPolicy policy = TestData.Policy();
        GrpoTrainerBuilder builder = Builder(policy, configure).Configure(options => options.MaxSteps = steps);
        if (Directory.EnumerateDirectories(_folder).Any())
        {
            builder.ResumeFrom(_folder).AllowChangedSettings(allowed);
        }

        Assert.Equal(steps, (await builder.RunAsync()).Steps);
    }

    private CheckpointException Refusal(Action<GrpoTrainerOptions> configure, params string[] allowed)
    {
        using TinyPolicy policy = TestData.Policy();
        return Assert.Throws<CheckpointException>(
            () => Builder(policy, configure).ResumeFrom(_folder).AllowChangedSettings(allowed).Build());
    }
}
