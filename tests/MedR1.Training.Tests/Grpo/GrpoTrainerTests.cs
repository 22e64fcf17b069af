using MedR1.Losses;
using MedR1.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Training.Tests;

public sealed class GrpoTrainerTests
{
    private static readonly GrpoLossOptions NoKl = GrpoLossOptions.MedR1 with { KlCoefficient = 0 };

    [Fact]
    public async Task Learns_to_generate_what_is_rewarded()
    {
        using TinyPolicy policy = TestData.Policy();
        using GrpoTrainer trainer = new GrpoTrainerBuilder(policy)
            .UsePrompts(TestData.Prompts(6))
            .UseLoss(new GrpoLoss(NoKl))
            .AddReward("small", context => context.Completion.TokenIds.Average(id => id < 64 ? 1.0 : 0.0))
            .Configure(options =>
            {
                options.GroupSize = 8;
                options.PromptsPerStep = 4;
                options.MaxSteps = 15;
                options.MaxNewTokens = 8;
                options.LearningRate = 0.02;
            })
            .Build();

        TrainingReport report = await trainer.RunAsync();

        double first = report.History.Take(3).Average(metrics => metrics.Values["reward"]);
        double last = report.History.TakeLast(3).Average(metrics => metrics.Values["reward"]);
        Assert.True(last > first + 0.3, $"{first} → {last}");
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(1e38)]
    public async Task A_step_that_is_not_finite_is_skipped_and_counted(double factor)
    {
        using TinyPolicy policy = TestData.Policy();
        List<float[][]> weights = [];
        WeightObserver observer = new(() => weights.Add(TestData.Weights(policy)));
        using GrpoTrainer trainer = Runs.Scripted(policy, new BreakingLoss(2, factor))
            .Configure(options => options.MaxSteps = 3).AddObserver(observer).Build();

        TrainingReport report = await trainer.RunAsync();

        Assert.Equal(1, report.SkippedSteps);
        Assert.Equal(3, report.Steps);
        Assert.Equal(weights[0], weights[1]);
        Assert.NotEqual(weights[1], weights[2]);
        Assert.All(weights[2], values => Assert.All(values, value => Assert.True(float.IsFinite(value))));
        Assert.Equal([0.0, 1.0, 1.0], report.History.Select(metrics => metrics.Values["skipped_steps"]));

        // The schedule, a straight line to 0, goes on.
        double[] rates = [.. report.History.Select(metrics => metrics.Values["learning_rate"])];
        Assert.Equal([1, Math.Round(2 / 3.0, 9), Math.Round(1 / 3.0, 9)], rates.Select(rate => Math.Round(rate / rates[0], 9)));
    }

    [Fact]
    public async Task Frozen_parameters_stay_and_all_others_change()
    {
        using TinyPolicy policy = TestData.Policy();
        string[] names = [.. policy.Parameters.Select(pair => pair.Key)];
        string frozen = names[0];
        float[][] before = TestData.Weights(policy);
        using (GrpoTrainer trainer = Runs.Scripted(policy).Configure(options => options.Freeze(frozen))
            .Build())
        {
            await trainer.RunAsync();
            Assert.False(policy.Parameters[0].Value.requires_grad);
        }

        float[][] after = TestData.Weights(policy);
        Assert.All(names.Select((name, index) => (name, index)), parameter =>
            Assert.Equal(parameter.name == frozen, before[parameter.index].SequenceEqual(after[parameter.index])));
        Assert.All(policy.Parameters, pair => Assert.True(pair.Value.requires_grad));
    }

    [Fact]
    public async Task The_first_update_has_ratios_of_one()
    {
        using TinyPolicy policy = TestData.Policy();
        double largest = 0;
        GradientRecorder recorder = new(policy)
        {
            MicroStep = microStep =>
            {
                for (int row = 0; row < microStep.Rows.Count; row++)
                {
                    float[] own = [.. microStep.Rollout.CompletionAt(microStep.Rows[row]).LogProbabilities];
                    using Tensor values_T = microStep.Inputs.LogProbabilities[row].detach().cpu().contiguous();
                    float[] trainers = values_T.data<float>().ToArray();
                    largest = Math.Max(largest, own.Zip(trainers, (left, right) => Math.Abs(left - right)).Max());
                }
            },
        };
        using GrpoTrainer trainer = new GrpoTrainerBuilder(policy)
            .UsePrompts(TestData.Prompts(4)).UseLoss(new GrpoLoss(NoKl))
            .AddReward("length", context => context.Completion.TokenCount)
            .AddObserver(recorder)
            .Configure(options =>
            {
                options.MaxSteps = 1;
                options.MaxNewTokens = 12;
                options.Temperature = 0.7;
                options.SuppressedTokenIds = [5, 6, 7];
            })
            .Build();

        await trainer.RunAsync();

        // The sampler decodes one token at a time, the trainer all at once: they may differ only by float32 rounding.
        Assert.InRange(largest, 0, 2e-5);
        Assert.NotEmpty(recorder.MicroSteps);
    }

    [Fact]
    public async Task A_rollout_that_feeds_several_steps_keeps_the_log_probabilities_of_its_policy()
    {
        using TinyPolicy policy = TestData.Policy();
        List<double> differences = [];
        GradientRecorder recorder = new(policy)
        {
            MicroStep = microStep =>
            {
                PolicyLossInputs inputs = microStep.Inputs;
                using Tensor difference = (inputs.LogProbabilities - inputs.OldLogProbabilities!).abs().max();
                differences.Add(difference.ToDouble());
            },
        };
        using GrpoTrainer trainer = Runs.Scripted(policy).AddObserver(recorder).Configure(options =>
        {
            options.StepsPerGeneration = 2;
            options.Iterations = 2;
            options.MaxSteps = 5;
        }).Build();

        TrainingReport report = await trainer.RunAsync();

        // Steps 1 and 5 are the first of their rollouts; the others use a policy that has changed.
        Assert.Equal([true, false, false, false, true], differences.Select(difference => difference < 1e-5));
        Assert.Equal(
            [true, false, false, false, true], report.History.Select(metrics => metrics.Values.ContainsKey("reward")));
    }

    [Fact]
    public async Task The_reference_is_the_policy_as_it_was_at_the_start()
    {
        using TinyPolicy policy = TestData.Policy();
        using GrpoTrainer trainer = Runs.Scripted(policy, new GrpoLoss(GrpoLossOptions.MedR1)).Build();

        TrainingReport report = await trainer.RunAsync();

        Assert.Equal(0, report.History[0].Values["kl"], 1e-9);
        Assert.True(report.LastMetrics["kl"] > 1e-4);
    }

    private sealed class WeightObserver(Action onStep) : IRolloutObserver
    {
        public void OnStep(StepMetrics metrics) => onStep();
    }
}
