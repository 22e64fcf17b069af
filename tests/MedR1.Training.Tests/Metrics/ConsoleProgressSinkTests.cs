namespace MedR1.Training.Tests;

public sealed class ConsoleProgressSinkTests
{
    [Fact]
    public async Task The_console_shows_step_reward_accuracy_length_speed_and_time_left()
    {
        StringWriter writer = new();
        using ConsoleProgressSink sink = new(writer, interval: 2);
        foreach (int step in Enumerable.Range(1, 4))
        {
            await sink.WriteAsync(Measured.Step(
                step, ("reward", 0.5), ("rewards/accuracy/mean", 0.25), ("completions/mean_length", 12),
                ("tokens_per_second", 1234.4),
                ("progress", step / 100.0), ("time/left", 3661)));
        }

        string[] lines = writer.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.Equal("step   4/100  reward 0.500  accuracy 25.0%  length 12.0  1,234 tokens/s  1:01:01 left", lines[2]);
    }

    [Fact]
    public async Task The_console_shows_all_evaluations_and_the_steps_of_an_interval()
    {
        StringWriter writer = new();
        using ConsoleProgressSink sink = new(writer, interval: 3);
        await sink.WriteAsync(Measured.Step(0, ("eval/accuracy", 0.25)));
        foreach (int step in new[] { 4, 5, 8 })
        {
            await sink.WriteAsync(Measured.Step(step, ("loss", 1)));
        }

        await sink.WriteAsync(Measured.Step(8, ("loss", 1), ("eval/accuracy", 0.5)));
        Assert.Equal(
            ["step 0  eval/accuracy 0.25", "step 4  loss 1.0000", "step 8  loss 1.0000", "step 8  loss 1.0000  eval/accuracy 0.5"],
            writer.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Runs_that_share_a_console_are_distinguished_by_labels()
    {
        StringWriter writer = new();
        using ConsoleProgressSink model = new(writer) { Label = "model  " };
        using ConsoleProgressSink control = new(writer) { Label = "control  " };
        await model.WriteAsync(Measured.Step(1, ("loss", 1.5)));
        await control.WriteAsync(Measured.Step(1, ("loss", 2.5)));
        Assert.Equal(
            ["model  step 1  loss 1.5000", "control  step 1  loss 2.5000"],
            writer.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task On_a_terminal_a_line_is_overwritten_and_ended_with_the_run()
    {
        StringWriter writer = new();
        using ConsoleProgressSink sink = new(writer, overwrite: true);
        await sink.WriteAsync(Measured.Step(1, ("loss", 10.5), ("progress", 0.5)));
        await sink.WriteAsync(Measured.Step(2, ("loss", 1.5), ("progress", 1)));

        Assert.Equal("\rstep 1/2  loss 10.5000\rstep 2/2  loss 1.5000 " + Environment.NewLine, writer.ToString());
    }

    [Fact]
    public async Task On_a_terminal_a_line_with_an_evaluation_stays()
    {
        StringWriter writer = new();
        using ConsoleProgressSink sink = new(writer, overwrite: true);
        await sink.WriteAsync(Measured.Step(1, ("loss", 1), ("eval/accuracy", 0.5)));
        await sink.WriteAsync(Measured.Step(2, ("loss", 1)));
        Assert.Equal($"\rstep 1  loss 1.0000  eval/accuracy 0.5{Environment.NewLine}\rstep 2  loss 1.0000", writer.ToString());
    }

    [Theory]
    [InlineData("  accuracy 10.0%", null, "rewards/my_accuracy/mean", 0.1, "rewards/other/mean", 0.2)]
    [InlineData("  accuracy 20.0%", "other", "rewards/my_accuracy/mean", 0.1, "rewards/other/mean", 0.2)]
    [InlineData("", "missing", "rewards/my_accuracy/mean", 0.1, "accuracy/mean", 0.2)]
    [InlineData("", null, "eval_accuracy/mean", 0.1, "rewards/accuracy/std", 0.2)]
    [InlineData("  2 skipped", null, "skipped_steps", 2, "progress", 0)]
    [InlineData("", null, "skipped_steps", 0, "frac_reward_zero_std", 0.5)]
    [InlineData("  3 failures of 'slow'", null, "reward_failures/slow", 3, "kl", 1)]
    [InlineData("  no group differs in reward", null, "frac_reward_zero_std", 1, "kl", 1)]
    [InlineData("  length 4.0  no completion has a reward", null, "completions/mean_length", 4, "kl", 1)]
    [InlineData("  the metric for the best checkpoint was not measured", null, "evaluations_without_best_metric", 1, "kl", 1)]
    [InlineData("", null, "evaluations_without_best_metric", 2, "kl", 1)]
    [InlineData("  59:59 left", null, "time/left", 3599.9, "kl", 1)]
    [InlineData("  1:00:00 left", null, "time/left", 3600, "kl", 1)]
    [InlineData("  27:46:40 left", null, "time/left", 100_000, "kl", 1)]
    public async Task The_console_shows_the_chosen_accuracy_and_what_keeps_a_run_from_learning(
        string shown, string? accuracy, string name, double value, string other, double otherValue)
    {
        StringWriter writer = new();
        using ConsoleProgressSink sink = new(writer, accuracyReward: accuracy);
        await sink.WriteAsync(Measured.Step(7, (name, value), (other, otherValue)));
        Assert.Equal("step 7" + shown, writer.ToString().TrimEnd());
    }
}
