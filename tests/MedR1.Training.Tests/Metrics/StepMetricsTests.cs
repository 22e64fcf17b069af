using MedR1.Testing;

namespace MedR1.Training.Tests;

/// <summary>The values of the metrics that trainers measure themselves.</summary>
public sealed class StepMetricsTests
{
    // With the end token, "a" has 2 tokens and "bb" 3; the last answer is cut off at 6.
    private static readonly string[] s_answers = ["a", "a", "bb", "much too long"];

    [Fact]
    public async Task Lengths_are_those_of_all_completions_and_of_those_that_ended()
    {
        using TinyPolicy policy = TestData.Policy();
        IReadOnlyDictionary<string, double> values = (await Builder(policy).RunAsync()).LastMetrics;

        // Of 2, 2, 3 and 6; without the one that was cut off, of 2, 2 and 3.
        Assert.Equal((13 / 4.0, 2, 6), Lengths("length"));
        Assert.Equal((7 / 3.0, 2, 3), Lengths("terminated_length"));
        Assert.Equal(0.25, values["completions/clipped_ratio"]);

        (double Mean, double Min, double Max) Lengths(string kind) => (
            values[$"completions/mean_{kind}"], values[$"completions/min_{kind}"], values[$"completions/max_{kind}"]);
    }

    [Fact]
    public async Task Tokens_count_a_prompt_once_for_each_of_its_completions()
    {
        using TinyPolicy policy = TestData.Policy();
        TrainingReport report = await Builder(policy).UseOrder(new SequentialOrder()).RunAsync();

        // Two prompts per step, each with four completions of 2 + 2 + 3 + 6 tokens.
        long[] prompts = [.. TestData.Prompts(4).Select(prompt => (long)policy.Processor.Encode(prompt).TokenIds.Count)];
        double first = 4 * (prompts[0] + prompts[1]) + 2 * 13;
        double second = 4 * (prompts[2] + prompts[3]) + 2 * 13;
        Assert.Equal([first, first + second], report.History.Select(step => step.Values["num_tokens"]));
        Assert.Equal([0.5, 1.0], report.History.Select(step => step.Values["progress"]));
    }

    [Fact]
    public async Task A_supervised_run_counts_examples_and_their_tokens()
    {
        using TinyPolicy policy = TestData.Policy();
        using SftTrainer trainer = new SftTrainerBuilder(policy)
            .UseExamples(TestData.Examples(6))
            .UseOrder(new SequentialOrder())
            .Configure(options => (options.ExamplesPerStep, options.MaxSteps) = (4, 3))
            .Build();
        TrainingReport report = await trainer.RunAsync();

        // Examples 0 to 3; 4, 5, 0 and 1; 2 to 5: twice each. The answers have 1 to 3 tokens and an end token.
        long[] tokens = [.. TestData.Examples(6).Select(
            example => (long)policy.Processor.Encode(example.Prompt!).TokenIds.Count + example.Completion!.Length + 1)];
        double first = tokens[..4].Sum();
        double second = tokens[4] + tokens[5] + tokens[0] + tokens[1];
        Assert.Equal([first, first + second, 2 * tokens.Sum()], report.History.Select(step => step.Values["num_tokens"]));
        Assert.Equal([4 / 6.0, 8 / 6.0, 2], report.History.Select(step => step.Values["epoch"]));
        Assert.Equal([1 / 3.0, 2 / 3.0, 1], report.History.Select(step => step.Values["progress"]));
        Assert.Equal(
            [first, second, 2 * tokens.Sum() - first - second],
            report.History.Select(step => Math.Round(step.Values["tokens_per_second"] * step.Values["step_time"])));
    }

    [Fact]
    public async Task Times_add_up_to_the_steps_and_the_steps_to_at_most_the_run()
    {
        using TinyPolicy policy = TestData.Policy();
        TimeSpan pause = TimeSpan.FromMilliseconds(60);
        TrainingReport report = await Builder(policy)
            .Configure(options => (options.StepsPerGeneration, options.MaxSteps, options.EvaluationInterval) = (2, 4, 3))
            .AddReward("slow", _ =>
            {
                Thread.Sleep(pause);
                return 1;
            })
            .AddEvaluation("slow", async (_, cancellationToken) =>
            {
                await Task.Delay(pause, cancellationToken);
                return 1;
            }).RunAsync();

        // Timers may end a little early. Steps 1 and 3 sample four groups of 13 tokens each; 3 and the last evaluate.
        double least = 0.9 * pause.TotalSeconds;
        foreach (IReadOnlyDictionary<string, double> values in new[] { report.History[0].Values, report.History[2].Values })
        {
            Assert.InRange(values["time/reward"], least, values["step_time"]);
            Assert.InRange(values["time/sample"], 0, values["step_time"]);
            Assert.Equal(values["step_time"] - values["time/sample"] - values["time/reward"], values["time/update"], 9);
            Assert.InRange(values["time/update"], 0, values["step_time"]);
            Assert.Equal(4 * 13, values["tokens_per_second"] * values["step_time"], 6);
        }

        Assert.All([report.History[1], report.History[3]], step => Assert.DoesNotContain("time/update", step.Values.Keys));
        Assert.Equal([false, false, true, true], report.History.Select(step => step.Values.ContainsKey("time/eval")));
        Assert.All(report.History.Skip(2), step => Assert.True(step.Values["time/eval"] >= least));
        Assert.True(report.History.Sum(step => step.Values["step_time"] + step.Values.GetValueOrDefault("time/eval")) <= report.Seconds);
    }

    [Fact]
    public async Task The_time_left_is_that_of_the_steps_of_the_same_call()
    {
        using TinyPolicy policy = TestData.Policy();
        using CancellationTokenSource source = new();
        using GrpoTrainer trainer = Builder(policy).Configure(options => options.MaxSteps = 4)
            .AddObserver(new AtStep(2, source.Cancel)).Build();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => trainer.RunAsync(source.Token));
        TrainingReport report = await trainer.RunAsync();

        // After step 3, which is the first of this call, one is left, and it takes as long as that one took.
        Assert.Equal([3, 4], report.History.Select(step => step.Step));
        Assert.InRange(report.History[0].Values["time/left"], report.History[0].Values["step_time"], report.Seconds);
        Assert.Equal(0, report.History[1].Values["time/left"]);
    }

    private static GrpoTrainerBuilder Builder(TinyPolicy policy) => Runs.Small(
        policy, options => (options.GroupSize, options.MaxSteps) = (4, 2), prompts: 4).UseSampler(new ScriptedSampler(s_answers));
}
