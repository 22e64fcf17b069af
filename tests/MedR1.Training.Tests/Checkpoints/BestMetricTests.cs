using MedR1.Testing;

namespace MedR1.Training.Tests;

/// <summary>What may choose the best checkpoint, and what happens where it is not measured.</summary>
public sealed class BestMetricTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medr1-").FullName;

    [Theory]
    [InlineData("reward")]
    [InlineData("loss")]
    public async Task A_measurement_of_the_training_may_have_the_name_of_an_evaluation_too(string name)
    {
        using TinyPolicy policy = TestData.Policy();
        TrainingReport report = await Builder(policy, name).AddEvaluation(name, (_, _) => ValueTask.FromResult(1000.0)).RunAsync();

        double[] values = [.. report.History.Select(metrics => metrics.Values[name])];
        Assert.Equal(values.Max(), report.BestValue);
        Assert.Equal(Path.Combine(_folder, $"step-00000{Array.IndexOf(values, values.Max()) + 1}"), report.BestCheckpoint);
    }

    [Fact]
    public void A_supervised_run_has_no_reward_of_its_own()
    {
        using TinyPolicy policy = TestData.Policy();
        TrainerConfigurationException exception = Assert.Throws<TrainerConfigurationException>(
            () => new SftTrainerBuilder(policy).UseExamples(TestData.Examples(2))
                .AddEvaluation("reward", (_, _) => ValueTask.FromResult(1.0))
                .Configure(options => (options.OutputFolder, options.BestMetric) = (_folder, "reward")).Build());
        Assert.Contains("options.BestMetric = \"eval/reward\"", Assert.Single(exception.Mistakes));
    }

    [Fact]
    public async Task An_evaluation_without_it_keeps_the_best_and_is_told_once_on_the_console()
    {
        // Given at the first evaluation, of step 2, and at step 6.
        StringWriter console = new();
        using TinyPolicy policy = TestData.Policy();
        TrainingReport report = await Builder(policy, "eval/score", interval: 2)
            .AddEvaluation(new Sometimes(step => step is 2 or 6 ? step : null))
            .AddMetricSink(new ConsoleProgressSink(console)).RunAsync();

        Assert.Equal(6, report.BestValue);
        Assert.Equal("step-000006", File.ReadAllText(Path.Combine(_folder, "best")));
        Assert.Equal(
            [(4, 1), (8, 2)],
            report.History.Where(metrics => metrics.Values.ContainsKey("evaluations_without_best"))
                .Select(metrics => ((int)metrics.Step, (int)metrics.Values["evaluations_without_best"])));
        string[] lines = console.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        string line = Assert.Single(lines, line => line.Contains("what chooses the best checkpoint was not measured", StringComparison.Ordinal));
        Assert.StartsWith("step 4/8", line);
    }

    [Fact]
    public async Task A_run_that_goes_on_knows_that_it_was_measured_and_how_often_it_was_not()
    {
        bool isBroken = true;
        using TinyPolicy first = TestData.Policy();
        await Assert.ThrowsAsync<FormatException>(() => Goes(first).RunAsync());
        isBroken = false;
        using TinyPolicy second = TestData.Policy();
        TrainingReport report = await Goes(second).ResumeFrom(_folder).RunAsync();

        Assert.Equal(5, report.History[0].Step);
        Assert.Equal([2.0, 3.0], report.History.Select(metrics => metrics.Values)
            .Where(values => values.ContainsKey("evaluations_without_best")).Select(values => values["evaluations_without_best"]));
        Assert.Null(report.BestValue);

        // Not a number at the first evaluation: it is known by name.
        GrpoTrainerBuilder Goes(TinyPolicy policy) => Builder(policy, "eval/score", interval: 2)
            .AddEvaluation(new Sometimes(step => step == 2 ? double.NaN : null))
            .AddReward("breaks", _ => 0).AddObserver(new Breaking(step => step == 5 && isBroken));
    }

    [Theory]
    [InlineData(true, "measured eval/other: ")]
    [InlineData(false, "measured nothing: ")]
    public async Task A_name_that_the_first_evaluation_does_not_give_ends_the_run_there(bool measuresOther, string text)
    {
        using TinyPolicy policy = TestData.Policy();
        InvalidOperationException exception = await Assert.ThrowsAsync<InvalidOperationException>(
            () => Builder(policy, "eval/score", interval: 2)
                .AddEvaluation(new Sometimes(step => step > 2 ? step : null, measuresOther)).RunAsync());

        Assert.Contains(text, exception.Message);
        Assert.Contains("give NaN for it", exception.Message);
        Assert.Equal(Path.Combine(_folder, "step-000002"), TrainingFailure.Of(exception)!.Checkpoint);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private GrpoTrainerBuilder Builder(TinyPolicy policy, string best, int interval = 0) => Runs.Small(policy, options =>
        (options.OutputFolder, options.BestMetric, options.EvaluationInterval) = (_folder, best, interval));

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
