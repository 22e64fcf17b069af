using MedR1.Testing;
using Spectre.Console;
using Spectre.Console.Testing;

namespace MedR1.Training.Terminal.Tests;

public sealed class TerminalTests
{
    [Fact]
    public async Task A_terminal_shows_progress_metrics_and_completions()
    {
        using TestConsole console = new();
        console.Profile.Width = 120;
        console.Interactive();
        using LiveConsole live = new(console);

        await RunAsync(live);

        string[] lines = [.. console.Lines];
        Assert.Contains(lines, line => line.Contains("GrpoTrainer", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("step 3 of 3", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("rewards/length/mean", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("[bold]no markup", StringComparison.Ordinal));

        // Redrawn at every step.
        Assert.True(console.Output.Split("step 1 of 3").Length > 1);
        Assert.True(console.Output.Split("step 2 of 3").Length > 1);
    }

    [Fact]
    public void A_run_that_fails_releases_the_console()
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            Interactive = InteractionSupport.Yes,
            Out = new AnsiConsoleOutput(new StringWriter()),
        });
        LiveConsole live = new(console);
        live.OnStart(new TrainingStart("GrpoTrainer", 0, 3));
        live.OnStop();

        // A console allows one live view at a time.
        console.Live(new Text("free")).Start(_ => { });
    }

    [Fact]
    public void A_second_run_of_the_same_trainer_is_shown_too()
    {
        using TestConsole console = new();
        console.Profile.Width = 120;
        console.Interactive();
        using LiveConsole live = new(console);

        // As if the first run was cancelled after step 2 of 4, and the second continues from there.
        foreach (long step in new long[] { 1, 3 })
        {
            live.OnStart(new TrainingStart("GrpoTrainer", step - 1, 4));
            live.OnStep(new StepMetrics(step, new Dictionary<string, double> { ["loss"] = step }));
            live.OnStep(new StepMetrics(step + 1, new Dictionary<string, double> { ["loss"] = step }));
            if (step == 3)
            {
                live.OnEnd(new TrainingReport { Steps = 4, Seconds = 1, SkippedSteps = 0 });
            }

            live.OnStop();
        }

        // The second step of each run was drawn while that run was live, and the last state is written once, not again at the end.
        Assert.All([1, 2, 3, 4], step => Assert.Contains($"step {step} of 4", console.Output));
    }

    [Fact]
    public async Task Without_a_terminal_the_panel_is_written_once_at_the_end()
    {
        using TestConsole console = new();
        console.Profile.Capabilities.Interactive = false;
        using LiveConsole live = new(console);

        await RunAsync(live);

        Assert.Equal(2, console.Output.Split("step 3 of 3").Length);
        Assert.DoesNotContain("step 1 of 3", console.Output);
    }

    // 24 columns for the longest name, 9 for the longest value, 6 between and after the columns and 4 for the frame leave 5 of 48
    // for the sparkline; fewer than 5 are not worth one.
    [Theory]
    [InlineData(47, 0)]
    [InlineData(48, 5)]
    [InlineData(200, 20)]
    public void On_a_narrow_terminal_a_sparkline_is_shorter_and_not_wrapped(int width, int points)
    {
        using TestConsole console = new();
        console.Profile.Width = width;
        console.Profile.Capabilities.Interactive = false;
        using LiveConsole live = new(console);
        for (int step = 1; step <= 20; step++)
        {
            live.OnStep(new StepMetrics(step, new Dictionary<string, double>
            {
                ["rewards/option_text/mean"] = step, ["loss"] = 0.0001234 + (step * 1e-5),
            }));
        }

        live.OnEnd(new TrainingReport { Steps = 20, Seconds = 1, SkippedSteps = 0 });

        // The title, the step, two metrics, the bottom.
        string[] lines = [.. console.Lines];
        Assert.True(lines.Length == 5, console.Output);
        Assert.All(lines[2..4], line => Assert.Equal(points, line.Count("▁▂▃▄▅▆▇█".Contains)));
    }

    [Fact]
    public async Task A_table_shows_completions_with_each_reward_at_an_interval_of_rollouts()
    {
        using TestConsole console = new();
        console.Profile.Width = 160;

        await RunAsync(new CompletionTable(interval: 2, rows: 5, console));

        // Rollouts 0, 1, 2: the table is shown for 0 and 2.
        Assert.Contains("rollout 0", console.Output);
        Assert.DoesNotContain("rollout 1", console.Output);
        Assert.Contains("rollout 2", console.Output);
        Assert.Contains("advantage", console.Output);
        Assert.Contains("[bold]no markup", console.Output);
        Assert.Equal(2 * 5, console.Output.Split("[bold]no markup").Length - 1);
        Assert.Contains("never", console.Output);
        Assert.Contains("–", console.Output);
    }

    // PPO's advantages belong to tokens.
    [Fact]
    public async Task A_table_shows_the_total_of_a_completion_without_advantage()
    {
        using TestConsole console = new();
        console.Profile.Width = 160;
        using TinyPolicy policy = new();
        using PpoTrainer trainer = new PpoTrainerBuilder(policy)
            .UsePrompts([VqaPrompt.Ask("Which organ?")])
            .UseSampler(new ScriptedSampler((_, sample) => new string('!', sample + 1)))
            .AddReward("half", _ => 0.25, weight: 2)
            .AddObserver(new CompletionTable(interval: 1, rows: 1, console))
            .Configure(options =>
            {
                options.PromptsPerStep = 1;
                options.MaxSteps = 1;
                options.MaxNewTokens = 32;
            })
            .Build();

        await trainer.RunAsync();

        Assert.DoesNotContain("advantage", console.Output);
        Assert.Contains(console.Lines, line => line.Contains("│ half │ reward │", StringComparison.Ordinal));
        Assert.Contains(console.Lines, line => line.Contains("│ 0.25 │    0.5 │", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(new[] { 0.0, 0.5, 1.0 }, 40, "▁▅█")]
    [InlineData(new[] { 3.0, 3.0 }, 40, "▁▁")]
    [InlineData(new[] { 9.0, double.NaN, 0.0, 7.0 }, 2, "▁█")]
    [InlineData(new double[0], 40, "")]
    public void A_sparkline_is_scaled_to_its_range(double[] values, int width, string line) =>
        Assert.Equal(line, Sparkline.Of(values, width));

    [Fact]
    public async Task A_table_and_the_panel_do_not_garble_each_other()
    {
        using TestConsole console = new();
        console.Profile.Width = 160;
        console.Interactive();
        using LiveConsole live = new(console);

        await RunAsync(live, new CompletionTable(interval: 1, rows: 2, console));

        Assert.Contains("rollout 2", console.Output);
        Assert.True(
            console.Output.LastIndexOf("step 3 of 3", StringComparison.Ordinal)
            > console.Output.LastIndexOf("rollout 2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_second_panel_on_the_same_console_fails_instead_of_waiting_forever()
    {
        // The test console of the library allows what a real one refuses.
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            Interactive = InteractionSupport.Yes,
            Out = new AnsiConsoleOutput(new StringWriter()),
        });
        using LiveConsole first = new(console);
        using LiveConsole second = new(console);

        await Assert.ThrowsAsync<InvalidOperationException>(
            () => RunAsync(first, second).WaitAsync(TimeSpan.FromMinutes(2)));
    }

    private static async Task RunAsync(params ITrainingObserver[] observers)
    {
        using TinyPolicy policy = new();
        GrpoTrainerBuilder builder = new GrpoTrainerBuilder(policy)
            .UsePrompts([VqaPrompt.Ask("Which organ?"), VqaPrompt.Ask("Which plane?")])
            .UseSampler(new ScriptedSampler((_, sample) => "[bold]no markup" + new string('!', sample)))
            .AddReward("length", context => context.Completion.TokenCount)
            .AddReward("never", _ => null)
            .Configure(options =>
            {
                options.PromptsPerStep = 2;
                options.MaxSteps = 3;
                options.MaxNewTokens = 32;
            });
        foreach (ITrainingObserver observer in observers)
        {
            builder.AddObserver(observer);
        }

        using GrpoTrainer trainer = builder.Build();
        await trainer.RunAsync();
    }
}
