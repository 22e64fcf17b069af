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
}
