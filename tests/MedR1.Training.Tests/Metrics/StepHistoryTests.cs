namespace MedR1.Training.Tests;

public sealed class StepHistoryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medr1-").FullName;

    [Fact]
    public async Task A_report_of_a_resumed_run_begins_at_its_first_step()
    {
        string metrics = Path.Combine(_folder, "metrics.jsonl");
        using (JsonLinesSink lines = new(metrics))
        {
            // The run reached step 3 and resumes from a checkpoint of step 2: what it measured at step 3 no longer counts.
            for (int step = 1; step <= 3; step++)
            {
                await lines.WriteAsync(Measured.Step(step, ("loss", step == 3 ? 9 : 1.0 / step)));
            }
        }

        HtmlReportWriter report = new(Path.Combine(_folder, "report.html"), interval: 2, metricsFile: metrics);
        for (int step = 3; step <= 4; step++)
        {
            report.OnStep(Measured.Step(step, ("loss", 1.0 / step)));
        }

        HtmlReport.Save(
            Path.Combine(_folder, "whole.html"),
            new HtmlReportContent("Training", [.. Enumerable.Range(1, 4).Select(step => Measured.Step(step, ("loss", 1.0 / step)))]));
        Assert.Equal(
            File.ReadAllText(Path.Combine(_folder, "whole.html")), File.ReadAllText(Path.Combine(_folder, "report.html")));
    }

    [Fact]
    public void A_restarted_finished_run_keeps_its_history_and_a_new_run_starts_without()
    {
        string metrics = Path.Combine(_folder, "metrics.jsonl"), page = Path.Combine(_folder, "report.html");
        File.WriteAllLines(metrics, ["""{"step":0,"eval/x":0.25}""", """{"step":1,"loss":0.5}""", """{"step":2,"loss":0.125}"""]);
        TrainingReport end = new() { Steps = 2, Seconds = 1, SkippedSteps = 0 };

        HtmlReportWriter again = new(page, metricsFile: metrics);
        again.OnStart(new TrainingStart("T", StepsBefore: 2, TotalSteps: 2));
        again.OnEnd(end);
        Assert.Contains("0.125", File.ReadAllText(page));

        HtmlReportWriter fresh = new(page, metricsFile: metrics);
        fresh.OnStart(new TrainingStart("T", StepsBefore: 0, TotalSteps: 2));
        fresh.OnStep(Measured.Step(1, ("loss", 0.75)));
        fresh.OnEnd(end);
        string shown = File.ReadAllText(page);
        Assert.Contains("0.75", shown);
        Assert.DoesNotContain("0.125", shown);
        Assert.DoesNotContain("eval/x", shown);
    }

    [Theory]
    [InlineData(0, new long[] { 8 })]
    [InlineData(6, new long[] { 1, 2, 3, 4, 5, 6, 8 })]
    public void A_history_continues_from_the_checkpoint_and_not_from_the_first_report(long stepsBefore, long[] steps)
    {
        string metrics = Path.Combine(_folder, "metrics.jsonl");
        File.WriteAllLines(metrics, Enumerable.Range(1, 7).Select(step => $$"""{"step":{{step}},"reward":9}"""));
        StepHistory history = new(metrics);
        history.Begin(stepsBefore);
        history.Add(Measured.Step(8, ("reward", 1)));
        Assert.Equal(steps, history.Steps.Select(step => step.Step));
    }

    // A run of which step 4 was reported continues from the checkpoint of step 2, or starts anew.
    [Theory]
    [InlineData(2, new long[] { 0, 1, 2, 3 })]
    [InlineData(0, new long[] { 3 })]
    public void A_history_that_begins_again_forgets_the_steps_that_are_repeated(long stepsBefore, long[] steps)
    {
        StepHistory history = new();
        for (int step = 0; step <= 4; step++)
        {
            history.Add(Measured.Step(step, ("reward", 9)));
        }

        history.Begin(stepsBefore);
        history.Add(Measured.Step(3, ("reward", 1)));
        Assert.Equal(steps, history.Steps.Select(step => step.Step));
        Assert.Equal(6, history.Added);
    }

    [Fact]
    public void Without_a_beginning_a_first_step_starts_anew()
    {
        string metrics = Path.Combine(_folder, "metrics.jsonl");
        File.WriteAllLines(metrics, Enumerable.Range(0, 3).Select(step => $$"""{"step":{{step}},"reward":9}"""));
        StepHistory history = new(metrics);
        Assert.Equal([0, 1, 2], history.Steps.Select(step => step.Step));
        history.Add(Measured.Step(1, ("reward", 1)));
        Assert.Equal([1], history.Steps.Select(step => step.Step));
        Assert.Empty(new StepHistory(Path.Combine(_folder, "none.jsonl")).Steps);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
