using MedR1.Losses;
using MedR1.Testing;
using static TorchSharp.torch;

namespace MedR1.Training.Tests;

/// <summary>Which metrics may choose the best checkpoint, and what happens if the metric is not measured.</summary>
public sealed class BestMetricTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medr1-").FullName;

    [Theory]
    [InlineData("reward")]
    [InlineData("loss")]
    public async Task A_training_metric_may_be_named_like_an_evaluation(string name)
    {
        using TinyPolicy policy = TestData.Policy();
        TrainingReport report = await Builder(policy, name).AddEvaluation(name, (_, _) => ValueTask.FromResult(1000.0)).RunAsync();

        double[] values = [.. report.History.Select(metrics => metrics.Values[name])];
        Assert.Equal(values.Max(), report.BestValue);
        Assert.Equal(Path.Combine(_folder, $"step-00000{Array.IndexOf(values, values.Max()) + 1}"), report.BestCheckpoint);
    }

    [Fact]
    public void A_supervised_run_measures_no_reward()
    {
        using TinyPolicy policy = TestData.Policy();
        TrainerConfigurationException exception = Assert.Throws<TrainerConfigurationException>(
            () => new SftTrainerBuilder(policy).UseExamples(TestData.Examples(2))
                .AddEvaluation("reward", (_, _) => ValueTask.FromResult(1.0))
                .Configure(options => (options.OutputFolder, options.BestMetric) = (_folder, "reward")).Build());
        Assert.Contains("options.BestMetric = \"eval/reward\"", Assert.Single(exception.Errors));
    }

    [Fact]
    public async Task An_evaluation_without_it_keeps_the_best_and_is_reported_once_on_the_console()
    {
        // Measured at the first evaluation, of step 2, and at step 6.
        StringWriter console = new();
        using TinyPolicy policy = TestData.Policy();
        TrainingReport report = await Builder(policy, "eval/score", interval: 2)
            .AddEvaluation(new Sometimes(step => step is 2 or 6 ? step : null))
            .AddMetricSink(new ConsoleProgressSink(console)).RunAsync();

        Assert.Equal(6, report.BestValue);
        Assert.Equal("step-000006", File.ReadAllText(Path.Combine(_folder, "best")));
        Assert.Equal(
            [(4, 1), (8, 2)],
            report.History.Where(metrics => metrics.Values.ContainsKey("evaluations_without_best_metric"))
                .Select(metrics => ((int)metrics.Step, (int)metrics.Values["evaluations_without_best_metric"])));
        string[] lines = console.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        string line = Assert.Single(lines, line => line.Contains("the metric for the best checkpoint was not measured", StringComparison.Ordinal));
        Assert.StartsWith("step 4/8", line);
    }

    [Fact]
    public async Task A_resumed_run_knows_that_it_was_measured_and_how_often_it_was_not()
    {
        bool isBroken = true;
        using TinyPolicy first = TestData.Policy();
        await Assert.ThrowsAsync<FormatException>(() => Goes(first).RunAsync());
        isBroken = false;
        using TinyPolicy second = TestData.Policy();
        TrainingReport report = await Goes(second).ResumeFrom(_folder).RunAsync();

        Assert.Equal(5, report.History[0].Step);
        Assert.Equal([2.0, 3.0], report.History.Select(metrics => metrics.Values)
            .Where(values => values.ContainsKey("evaluations_without_best_metric")).Select(values => values["evaluations_without_best_metric"]));
        Assert.Null(report.BestValue);

        // NaN at the first evaluation, but its name is known.
        GrpoTrainerBuilder Goes(TinyPolicy policy) => Builder(policy, "eval/score", interval: 2)
            .AddEvaluation(new Sometimes(step => step == 2 ? double.NaN : null))
            .AddReward("breaks", _ => 0).AddObserver(new Breaking(step => step == 5 && isBroken));
    }

    [Theory]
    [InlineData(true, "measured eval/other: ")]
    [InlineData(false, "measured nothing: ")]
    public async Task A_name_that_the_first_evaluation_does_not_measure_ends_the_run(bool measuresOther, string text)
    {
        using TinyPolicy policy = TestData.Policy();
        InvalidOperationException exception = await Assert.ThrowsAsync<InvalidOperationException>(
            () => Builder(policy, "eval/score", interval: 2)
                .AddEvaluation(new Sometimes(step => step > 2 ? step : null, measuresOther)).RunAsync());

        Assert.Contains(text, exception.Message);
        Assert.Contains("report NaN", exception.Message);
        Assert.Equal(Path.Combine(_folder, "step-000002"), TrainingFailure.Of(exception)!.Checkpoint);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_name_that_no_step_measures_ends_the_run_after_the_first_and_the_right_one_resumes(bool isSupervised)
    {
        using TinyPolicy policy = TestData.Policy();
        string right = isSupervised ? "grad_norm" : "reward";
        InvalidOperationException exception = await Assert.ThrowsAsync<InvalidOperationException>(() => Run(policy, right + "d", resumes: false));
        Assert.StartsWith($"BestMetric is '{right}d', but the first step measured ", exception.Message);
        Assert.Contains($", {right}, ", exception.Message);
        Assert.Equal(Path.Combine(_folder, "step-000001"), TrainingFailure.Of(exception)!.Checkpoint);

        using TinyPolicy next = TestData.Policy();
        TrainingReport report = await Run(next, right, resumes: true);
        Assert.Equal(1, report.History[0].Step);
        Assert.Equal(report.History.Max(metrics => metrics.Values[right]), report.BestValue);

        Task<TrainingReport> Run(TinyPolicy policy, string best, bool resumes) => isSupervised ? SupervisedAsync(policy, best, resumes)
            : (resumes ? Builder(policy, best).ResumeFrom(_folder) : Builder(policy, best)).RunAsync();
    }

    [Fact]
    public void An_unknown_reward_is_refused_before_the_run()
    {
        using TinyPolicy policy = TestData.Policy();
        Assert.Equal(
            "BestMetric is 'rewards/smal/mean', but the measured reward metrics are rewards/small/mean, rewards/small/std, "
            + "reward_failures/small: .Configure(options => options.BestMetric = …).",
            Assert.Single(Assert.Throws<TrainerConfigurationException>(() => Builder(policy, "rewards/smal/mean").Build()).Errors));
        Builder(policy, "rewards/small/std").Build().Dispose();
    }

    [Fact]
    public async Task A_skipped_step_need_not_measure_it()
    {
        using TinyPolicy policy = TestData.Policy();
        TrainingReport report = await Runs.Small(
            policy, options => (options.OutputFolder, options.BestMetric) = (_folder, "own"), new OnceNotFinite()).RunAsync();
        Assert.DoesNotContain("own", report.History[0].Values.Keys);
        Assert.Equal(1, report.BestValue);
    }

    // The step is skipped for its gradient, although its loss is an ordinary number.
    [Fact]
    public async Task A_step_whose_gradient_is_infinite_need_not_measure_it()
    {
        using TinyPolicy policy = TestData.Policy();
        TrainingReport report = await Runs.Small(
            policy, options => (options.OutputFolder, options.BestMetric) = (_folder, "own"), new OnceInfiniteGradient()).RunAsync();
        IReadOnlyDictionary<string, double> first = report.History[0].Values;
        Assert.True(double.IsFinite(first["loss"]));
        Assert.False(double.IsFinite(first["grad_norm"]));
        Assert.DoesNotContain("own", first.Keys);
        Assert.Equal(1, report.BestValue);
    }

    [Fact]
    public async Task A_rollout_whose_groups_all_agree_need_not_measure_it()
    {
        // The first rollout has two prompts with four completions each.
        int scored = 0;
        using TinyPolicy policy = TestData.Policy();
        TrainingReport report = await new GrpoTrainerBuilder(policy)
            .UsePrompts(TestData.Prompts(2))
            .UseLoss(new OfAdvantages())
            .AddReward("late", context => Interlocked.Increment(ref scored) > 8 ? context.Completion.SampleIndex : 1)
            .Configure(options => (options.PromptsPerStep, options.GroupSize, options.MaxSteps, options.MaxNewTokens) = (2, 4, 2, 4))
            .Configure(options => (options.OutputFolder, options.BestMetric) = (_folder, "own"))
            .RunAsync();

        Assert.Equal([false, true], report.History.Select(metrics => metrics.Values.ContainsKey("own")));
        Assert.Equal(1, report.BestValue);
    }

    [Fact]
    public async Task The_value_before_the_first_step_may_be_the_best_and_has_no_checkpoint()
    {
        using TinyPolicy policy = TestData.Policy();
        TrainingReport report = await Builder(policy, "eval/score", interval: 4).Configure(options => options.EvaluateAtStart = true)
            .AddEvaluation(new Sometimes(step => -step)).RunAsync();

        // 0 before the first step, then −4 and −8.
        Assert.Equal(0, report.BestValue);
        Assert.Null(report.BestCheckpoint);
        Assert.EndsWith("best value: 0, no checkpoint", report.ToString());
    }

    [Fact]
    public async Task A_resumed_run_with_another_metric_chooses_anew_and_refuses_a_wrong_name()
    {
        using TinyPolicy first = TestData.Policy();
        await Assert.ThrowsAsync<FormatException>(() => Two(first, "eval/large").AddObserver(new Breaking(step => step == 5)).RunAsync());
        Assert.Equal("step-000004", File.ReadAllText(Path.Combine(_folder, "best")));

        using TinyPolicy second = TestData.Policy();
        InvalidOperationException exception = await Assert.ThrowsAsync<InvalidOperationException>(
            () => Two(second, "eval/tiny").ResumeFrom(Path.Combine(_folder, "step-000004")).RunAsync());
        Assert.StartsWith("BestMetric is 'eval/tiny', but the first evaluation measured eval/large, eval/score", exception.Message);

        using TinyPolicy third = TestData.Policy();
        TrainingReport report = await Two(third, "eval/score").ResumeFrom(Path.Combine(_folder, "step-000004")).RunAsync();
        Assert.Equal(8, report.BestValue);
        Assert.Equal("step-000008", File.ReadAllText(Path.Combine(_folder, "best")));

        GrpoTrainerBuilder Two(TinyPolicy policy, string best) => Builder(policy, best, interval: 2)
            .AddEvaluation(new Sometimes(step => step)).AddEvaluation(new Large());
    }

    [Fact]
    public async Task A_resumed_run_that_looks_for_the_lowest_value_instead_chooses_anew()
    {
        // Each evaluation reports its step: 2 and 4 before, 6 and 8 after. The highest before, 4, is not a lowest value.
        GrpoTrainerBuilder Counting(TinyPolicy policy) =>
            Builder(policy, "eval/score", interval: 2).AddEvaluation(new Sometimes(step => step));
        using TinyPolicy first = TestData.Policy();
        await Assert.ThrowsAsync<FormatException>(() => Counting(first).AddObserver(new Breaking(step => step == 5)).RunAsync());

        using TinyPolicy second = TestData.Policy();
        TrainingReport report = await Counting(second).Configure(options => options.BestIsLowest = true)
            .ResumeFrom(Path.Combine(_folder, "step-000004")).RunAsync();
        Assert.Equal(6, report.BestValue);
        Assert.Equal("step-000006", File.ReadAllText(Path.Combine(_folder, "best")));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private GrpoTrainerBuilder Builder(TinyPolicy policy, string best, int interval = 0) => Runs.Small(policy, options =>
        (options.OutputFolder, options.BestMetric, options.EvaluationInterval) = (_folder, best, interval));

    private async Task<TrainingReport> SupervisedAsync(TinyPolicy policy, string best, bool resumes)
    {
        SftTrainerBuilder builder = new SftTrainerBuilder(policy).UseExamples(TestData.Examples(4)).Configure(
            options => (options.OutputFolder, options.BestMetric, options.ExamplesPerStep) = (_folder, best, 1));
        using SftTrainer trainer = (resumes ? builder.ResumeFrom(_folder) : builder).Build();
        return await trainer.RunAsync();
    }

    private sealed class Large : IEvaluationHook
    {
        public ValueTask<IReadOnlyDictionary<string, double>> EvaluateAsync(
            EvaluationContext context, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult<IReadOnlyDictionary<string, double>>(new Dictionary<string, double> { ["large"] = 1000 * context.Step });
    }

    private sealed class OnceNotFinite : IPolicyLoss
    {
        private bool _hasFailed;

        public bool RequiresReference => false;

        public PolicyLossResult Compute(PolicyLossInputs inputs)
        {
            Tensor loss = inputs.LogProbabilities.sum() * (_hasFailed ? 1 : double.NaN);
            Dictionary<string, LossMetric> metrics = _hasFailed ? new() { ["own"] = new LossMetric(1, 1) } : [];
            _hasFailed = true;
            return new PolicyLossResult(loss, metrics);
        }
    }

    // The square root of 0 is 0, and its slope is infinite.
    private sealed class OnceInfiniteGradient : IPolicyLoss
    {
        private bool _hasFailed;

        public bool RequiresReference => false;

        public PolicyLossResult Compute(PolicyLossInputs inputs)
        {
            Tensor logProbabilities = inputs.LogProbabilities;
            Tensor loss = _hasFailed ? logProbabilities.sum() : (logProbabilities - logProbabilities.detach()).sqrt().sum();
            Dictionary<string, LossMetric> metrics = _hasFailed ? new() { ["own"] = new LossMetric(1, 1) } : [];
            _hasFailed = true;
            return new PolicyLossResult(loss, metrics);
        }
    }

    private sealed class OfAdvantages : IPolicyLoss
    {
        public bool RequiresReference => false;

        public PolicyLossResult Compute(PolicyLossInputs inputs)
        {
            bool hasAny = inputs.Advantages.abs().sum().item<float>() > 0;
            return new PolicyLossResult(
                inputs.LogProbabilities.sum(), hasAny ? new Dictionary<string, LossMetric> { ["own"] = new LossMetric(1, 1) } : []);
        }
    }

    private sealed class Sometimes(Func<long, double?> score, bool measuresOther = false) : IEvaluationHook
    {
        public ValueTask<IReadOnlyDictionary<string, double>> EvaluateAsync(
            EvaluationContext context, CancellationToken cancellationToken = default)
        {
            Dictionary<string, double> values = measuresOther ? new() { ["other"] = 1 } : [];
            if (score(context.Step) is double value)
            {
                values["score"] = value;
            }

            return ValueTask.FromResult<IReadOnlyDictionary<string, double>>(values);
        }
    }

    private sealed class Breaking(Func<long, bool> isTime) : ITrainingObserver
    {
        public void OnGradients(long step)
        {
            if (isTime(step))
            {
                throw new FormatException("broken");
            }
        }
    }
}
