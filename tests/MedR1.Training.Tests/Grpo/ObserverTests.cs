using MedR1.Testing;

namespace MedR1.Training.Tests;

public sealed class ObserverTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medr1-").FullName;

    [Fact]
    public async Task Callbacks_come_in_order()
    {
        using TinyPolicy policy = TestData.Policy();
        Diary diary = new();

        await Runs.Small(policy, options =>
        {
            options.MaxSteps = 3;
            options.StepsPerGeneration = 2;
            options.PromptsPerMicroBatch = 1;
            options.SaveInterval = 2;
            options.OutputFolder = _folder;
        }).AddObserver(diary).RunAsync();

        Assert.Equal(
            "start 0/3, rollout 0, pass, pass, gradients 1, step 1, pass, pass, gradients 2, step 2, checkpoint 2, "
            + "rollout 1, pass, pass, gradients 3, step 3, checkpoint 3, end 3, stop",
            string.Join(", ", diary.Lines));
    }

    [Theory]
    [InlineData("OnStart", "start 0/8, stop", "stop")]
    [InlineData("OnGradients", "start 0/8, rollout 0, pass, gradients 1, stop", "start 0/8, rollout 0, pass, stop")]
    public async Task All_observers_learn_of_the_end_of_a_failed_run(string place, string first, string last)
    {
        using TinyPolicy policy = TestData.Policy();
        Diary before = new();
        Diary after = new();

        FormatException exception = await Assert.ThrowsAsync<FormatException>(() => Runs.Small(policy, _ => { })
            .AddObserver(before).AddObserver(new Failing(place)).AddObserver(after).RunAsync());

        Assert.Equal($"broken in {place}", exception.Message);
        Assert.NotNull(TrainingFailure.Of(exception));
        Assert.Equal(first, string.Join(", ", before.Lines));
        Assert.Equal(last, string.Join(", ", after.Lines));
    }

    [Theory]
    [InlineData(0, false, "4")]
    [InlineData(2, false, "2 4")]
    [InlineData(3, true, "0 3 4")]
    public async Task Evaluations_run_when_they_are_due_and_are_metrics_of_the_step(int interval, bool atStart, string steps)
    {
        using TinyPolicy policy = TestData.Policy();
        TrainingReport report = await Runs.Small(policy, options =>
        {
            options.MaxSteps = 4;
            options.EvaluationInterval = interval;
            options.EvaluateAtStart = atStart;
        }).AddEvaluation("step", (context, _) =>
        {
            Thread.Sleep(30);
            return ValueTask.FromResult((double)context.Step);
        }).RunAsync();

        StepMetrics[] evaluated = [.. report.History.Where(metrics => metrics.Values.ContainsKey("eval/step"))];
        Assert.Equal(steps, string.Join(' ', evaluated.Select(metrics => metrics.Step)));
        Assert.All(evaluated, metrics =>
        {
            Assert.Equal(metrics.Step, metrics.Values["eval/step"]);
            Assert.InRange(metrics.Values["time/eval"], 0.02, 30);
        });
    }

    [Fact]
    public async Task An_evaluation_that_throws_ends_the_run_and_is_named()
    {
        using TinyPolicy policy = TestData.Policy();

        await Assert.ThrowsAsync<FormatException>(() => Runs.Small(policy, options => options.MaxSteps = 1)
            .AddEvaluation("broken", (_, _) => throw new FormatException("no such file")).RunAsync());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private sealed class Failing(string place) : ITrainingObserver
    {
        public void OnStart(TrainingStart start) => Fail(nameof(OnStart));

        public void OnGradients(long step) => Fail(nameof(OnGradients));

        public void OnStop() => throw new FormatException("broken behind the end");

        private void Fail(string here)
        {
            if (here == place)
            {
                throw new FormatException($"broken in {here}");
            }
        }
    }

    private sealed class Diary : IRolloutObserver
    {
        public List<string> Lines { get; } = [];

        public void OnStart(TrainingStart start) => Lines.Add($"start {start.StepsBefore}/{start.TotalSteps}");

        public void OnRollout(Rollout rollout) => Lines.Add($"rollout {rollout.Index}");

        public void OnMicroStep(PolicyMicroStep microStep) => Lines.Add("pass");

        public void OnGradients(long step) => Lines.Add($"gradients {step}");

        public void OnStep(StepMetrics metrics) => Lines.Add($"step {metrics.Step}");

        public void OnCheckpoint(long step, string folder) => Lines.Add($"checkpoint {step}");

        public void OnEnd(TrainingReport report) => Lines.Add($"end {report.Steps}");

        public void OnStop() => Lines.Add("stop");
    }
}
