using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using MedR1.Testing;

namespace MedR1.Training.Tests;

public sealed class SinkTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medr1-").FullName;

    [Fact]
    public async Task Json_lines_hold_a_step_each_and_null_for_what_is_not_finite()
    {
        string path = Path.Combine(_folder, "deep", "metrics.jsonl");
        using (JsonLinesSink sink = new(path))
        {
            await sink.WriteAsync(Step(1, ("loss", 0.5), ("kl", double.NaN)));
        }

        using (JsonLinesSink sink = new(path))
        {
            await sink.WriteAsync(Step(2, ("loss", 0.25)));
        }

        string[] lines = File.ReadAllLines(path);
        Assert.Equal(["""{"step":1,"loss":0.5,"kl":null}""", """{"step":2,"loss":0.25}"""], lines);
        Assert.All(lines, line => JsonDocument.Parse(line).Dispose());
    }

    [Fact]
    public async Task A_line_that_a_killed_run_left_half_written_does_not_take_the_next_with_it()
    {
        string path = Path.Combine(_folder, "metrics.jsonl");
        File.WriteAllText(path, "{\"step\":1,\"loss\":0.5}\n{\"step\":2,\"lo");
        using (JsonLinesSink sink = new(path))
        {
            await sink.WriteAsync(Step(2, ("loss", 0.25)));
        }

        Assert.Equal(
            ["""{"step":1,"loss":0.5}""", """{"step":2,"lo""", """{"step":2,"loss":0.25}"""], File.ReadAllLines(path));
    }

    [Fact]
    public void Json_lines_are_read_again_each_step_once()
    {
        string path = Path.Combine(_folder, "metrics.jsonl");

        // Step 2 was killed while it was written, the run then resumed at step 1; step 2 was reported again with an evaluation.
        File.WriteAllLines(
            path,
            [
                """{"step":1,"loss":0.5,"kl":null}""", """{"step":2,"lo""", """{"step":1,"loss":0.75}""",
                """{"step":2,"loss":0.25}""", """{"step":2,"eval/accuracy":1}""",
            ]);
        IReadOnlyList<StepMetrics> steps = JsonLinesSink.Read(path);
        Assert.Equal([1, 2], steps.Select(step => step.Step));
        Assert.Equal(new Dictionary<string, double> { ["loss"] = 0.75, ["kl"] = double.NaN }, steps[0].Values);
        Assert.Equal(new Dictionary<string, double> { ["loss"] = 0.25, ["eval/accuracy"] = 1 }, steps[1].Values);
    }

    [Theory]
    [InlineData("loss 0.5")]
    [InlineData("""{"loss":0.5}""")]
    [InlineData("""{"step":"one","loss":0.5}""")]
    [InlineData("""{"step":1.5,"loss":0.5}""")]
    [InlineData("""{"step":1,"loss":"low"}""")]
    [InlineData("[1]")]
    public void A_line_that_holds_no_metrics_is_named(string line)
    {
        string path = Path.Combine(_folder, "metrics.jsonl");
        File.WriteAllLines(path, ["""{"step":1,"loss":0.5}""", line]);
        InvalidDataException failure = Assert.Throws<InvalidDataException>(() => JsonLinesSink.Read(path));
        Assert.Contains("Line 2", failure.Message, StringComparison.Ordinal);
        Assert.Contains(path, failure.Message, StringComparison.Ordinal);
        Assert.Contains(line, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_report_of_a_resumed_run_begins_at_its_first_step()
    {
        string metrics = Path.Combine(_folder, "metrics.jsonl");
        using (JsonLinesSink lines = new(metrics))
        {
            // The run reached step 3 and goes on from a checkpoint of step 2: what it measured at step 3 counts no more.
            for (int step = 1; step <= 3; step++)
            {
                await lines.WriteAsync(Step(step, ("loss", step == 3 ? 9 : 1.0 / step)));
            }
        }

        HtmlReportWriter report = new(Path.Combine(_folder, "report.html"), interval: 2, metricsFile: metrics);
        for (int step = 3; step <= 4; step++)
        {
            report.OnStep(Step(step, ("loss", 1.0 / step)));
        }

        HtmlReport.Save(
            Path.Combine(_folder, "whole.html"),
            new HtmlReportContent("Training", [.. Enumerable.Range(1, 4).Select(step => Step(step, ("loss", 1.0 / step)))]));
        Assert.Equal(
            File.ReadAllText(Path.Combine(_folder, "whole.html")), File.ReadAllText(Path.Combine(_folder, "report.html")));
    }

    [Fact]
    public async Task A_sink_may_be_closed_twice()
    {
        string path = Path.Combine(_folder, "metrics.jsonl");
        using JsonLinesSink sink = new(path);
        await sink.WriteAsync(Step(1, ("loss", 0.5)));
        sink.Dispose();
        Assert.Single(File.ReadAllLines(path));
    }

    [Fact]
    public void A_finished_run_that_is_started_again_keeps_its_curves_and_a_fresh_one_takes_none_of_another()
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
        fresh.OnStep(Step(1, ("loss", 0.75)));
        fresh.OnEnd(end);
        string shown = File.ReadAllText(page);
        Assert.Contains("0.75", shown);
        Assert.DoesNotContain("0.125", shown);
        Assert.DoesNotContain("eval/x", shown);
    }

    [Theory]
    [InlineData(0, new long[] { 8 })]
    [InlineData(6, new long[] { 1, 2, 3, 4, 5, 6, 8 })]
    public void A_history_goes_on_from_the_checkpoint_and_not_from_the_first_report(long stepsBefore, long[] steps)
    {
        string metrics = Path.Combine(_folder, "metrics.jsonl");
        File.WriteAllLines(metrics, Enumerable.Range(1, 7).Select(step => $$"""{"step":{{step}},"reward":9}"""));
        StepHistory history = new(metrics);
        history.Begin(stepsBefore);
        history.Add(Step(8, ("reward", 1)));
        Assert.Equal(steps, history.Steps.Select(step => step.Step));
    }

    [Fact]
    public void Zeros_that_a_power_cut_left_are_passed_over()
    {
        string path = Path.Combine(_folder, "metrics.jsonl");
        File.WriteAllText(path, "{\"step\":1,\"loss\":0.5}\n\0\0\0\n\0\0{\"step\":2,\"loss\":0.25}\n");
        Assert.Equal([1, 2], JsonLinesSink.Read(path).Select(step => step.Step));
    }

    [Fact]
    public async Task Json_lines_go_into_a_pipe_too()
    {
        string pipe = Path.Combine(_folder, "pipe");
        using (System.Diagnostics.Process making = System.Diagnostics.Process.Start("mkfifo", pipe))
        {
            await making.WaitForExitAsync();
        }

        Task<string> reading = Task.Run(() => File.ReadAllText(pipe));
        using (JsonLinesSink sink = new(pipe))
        {
            await sink.WriteAsync(Step(1, ("loss", 0.5)));
        }

        Assert.Equal("""{"step":1,"loss":0.5}""" + "\n", await reading.WaitAsync(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task A_full_disk_is_told_where_a_line_is_written_and_not_again_where_the_file_is_closed()
    {
        // The system's own file that has no room for a single byte.
        JsonLinesSink sink = new("/dev/full");
        await Assert.ThrowsAsync<IOException>(async () => await sink.WriteAsync(Step(1, ("loss", 0.5))));

        sink.Dispose();
    }

    [Theory]
    // Check values of CRC-32C: RFC 3720, appendix B.4 (32 bytes of zeros: 0x8A9136AA; of ones: 0x62A8AB43). The mask is
    // ((crc >> 15) | (crc << 17)) + 0xA282EAD8 (TensorFlow, core/lib/hash/crc32c.h).
    [InlineData((byte)0x00, 0x8A9136AAu)]
    [InlineData((byte)0xFF, 0x62A8AB43u)]
    public void Records_carry_masked_crc32c(byte fill, uint crc)
    {
        byte[] data = [.. Enumerable.Repeat(fill, 32)];

        Assert.Equal(unchecked(((crc >> 15) | (crc << 17)) + 0xA282EAD8u), EventRecord.MaskedCrc(data));
    }

    [Fact]
    public async Task Tensor_board_files_hold_framed_events_of_scalars()
    {
        string path;
        using (TensorBoardSink sink = new(_folder))
        {
            path = sink.FilePath;
            await sink.WriteAsync(Step(300, ("reward", 1.5), ("kl", double.NaN)));
        }

        List<byte[]> records = ReadRecords(File.ReadAllBytes(path));
        Assert.Equal(2, records.Count);
        Assert.Contains("brain.Event:2", Encoding.UTF8.GetString(records[0]));
        // 2: step as a varint (300 = 0xAC 0x02); 5: summary { 1: value { 1: tag, 2: float } }; 1.5f = 0x3FC00000.
        byte[] expected =
        [
            0x10, 0xAC, 0x02, 0x2A, 0x0F, 0x0A, 0x0D, 0x0A, 0x06, .. "reward"u8, 0x15, 0x00, 0x00, 0xC0, 0x3F,
        ];
        Assert.Equal(expected, records[1][9..]);
        Assert.StartsWith("events.out.tfevents.", Path.GetFileName(path));
    }

    [Fact]
    public async Task The_console_shows_step_reward_accuracy_length_speed_and_time_left()
    {
        StringWriter writer = new();
        using ConsoleProgressSink sink = new(writer, interval: 2);
        foreach (int step in Enumerable.Range(1, 4))
        {
            await sink.WriteAsync(Step(
                step, ("reward", 0.5), ("rewards/accuracy/mean", 0.25), ("completions/mean_length", 12),
                ("tokens_per_second", 1234.4),
                ("progress", step / 100.0), ("time/left", 3661)));
        }

        string[] lines = writer.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.Equal("step   4/100  reward 0.500  accuracy 25.0%  length 12.0  1,234 tokens/s  1:01:01 left", lines[2]);
    }

    [Fact]
    public async Task The_console_shows_evaluations_in_any_case_and_steps_from_interval_to_interval()
    {
        StringWriter writer = new();
        using ConsoleProgressSink sink = new(writer, interval: 3);
        await sink.WriteAsync(Step(0, ("eval/accuracy", 0.25)));
        foreach (int step in new[] { 4, 5, 8 })
        {
            await sink.WriteAsync(Step(step, ("loss", 1)));
        }

        await sink.WriteAsync(Step(8, ("loss", 1), ("eval/accuracy", 0.5)));
        Assert.Equal(
            ["step 0  eval/accuracy 0.25", "step 4  loss 1.0000", "step 8  loss 1.0000", "step 8  loss 1.0000  eval/accuracy 0.5"],
            writer.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Runs_that_share_a_console_are_told_apart_by_their_labels()
    {
        StringWriter writer = new();
        using ConsoleProgressSink model = new(writer) { Label = "model  " };
        using ConsoleProgressSink control = new(writer) { Label = "control  " };
        await model.WriteAsync(Step(1, ("loss", 1.5)));
        await control.WriteAsync(Step(1, ("loss", 2.5)));
        Assert.Equal(
            ["model  step 1  loss 1.5000", "control  step 1  loss 2.5000"],
            writer.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task On_a_terminal_a_line_is_written_over_and_ended_at_the_end()
    {
        StringWriter writer = new();
        using ConsoleProgressSink sink = new(writer, overwrite: true);
        await sink.WriteAsync(Step(1, ("loss", 10.5), ("progress", 0.5)));
        await sink.WriteAsync(Step(2, ("loss", 1.5), ("progress", 1)));

        Assert.Equal("\rstep 1/2  loss 10.5000\rstep 2/2  loss 1.5000 " + Environment.NewLine, writer.ToString());
    }

    [Fact]
    public async Task On_a_terminal_a_line_with_an_evaluation_stays()
    {
        StringWriter writer = new();
        using ConsoleProgressSink sink = new(writer, overwrite: true);
        await sink.WriteAsync(Step(1, ("loss", 1), ("eval/accuracy", 0.5)));
        await sink.WriteAsync(Step(2, ("loss", 1)));
        Assert.Equal($"\rstep 1  loss 1.0000  eval/accuracy 0.5{Environment.NewLine}\rstep 2  loss 1.0000", writer.ToString());
    }

    [Fact]
    public async Task A_sink_that_throws_stops_neither_the_others_nor_the_run()
    {
        Recorder recorder = new();
        MetricDispatcher dispatcher = new([new Broken(), recorder]);

        await dispatcher.WriteAsync(Step(1), default);
        await dispatcher.WriteAsync(Step(2), default);

        Assert.Equal(2, recorder.Count);
        Assert.Equal("Broken at step 1: InvalidOperationException: no more ink", Assert.Single(dispatcher.Failures));
    }

    [Fact]
    public void A_sink_that_fails_where_the_run_begins_stops_neither_the_run_nor_the_others()
    {
        Beginning second = new(() => { });
        MetricDispatcher dispatcher = new([new Beginning(() => throw new IOException("no such disk")), second]);

        dispatcher.Begin(3);

        Assert.Equal("Beginning at step 3: IOException: no such disk", Assert.Single(dispatcher.Failures));
        Assert.Equal(3, second.Before);
    }

    // It fails while the run is being cancelled, but not of that: the run ends as cancelled, and the failure is kept.
    [Fact]
    public async Task A_sink_that_fails_while_the_run_is_cancelled_does_not_end_it_with_its_own_failure()
    {
        using CancellationTokenSource source = new();
        using TinyPolicy policy = TestData.Policy();
        using GrpoTrainer trainer = Runs.Small(policy, _ => { })
            .AddMetricSink(new Torn(source)).AddMetricSink(new Cancelled(source.Token)).Build();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => trainer.RunAsync(source.Token));

        TrainingReport report = await trainer.RunAsync();
        Assert.Equal("Torn at step 2: IOException: the pipe is broken", Assert.Single(report.SinkFailures));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static StepMetrics Step(long step, params (string Name, double Value)[] values) =>
        new(step, values.ToDictionary(value => value.Name, value => value.Value));

    private static List<byte[]> ReadRecords(byte[] file)
    {
        List<byte[]> records = [];
        for (int at = 0; at < file.Length;)
        {
            int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at));
            Assert.Equal(EventRecord.MaskedCrc(file.AsSpan(at, 8)),
                BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 8)));
            byte[] record = file[(at + 12)..(at + 12 + length)];
            Assert.Equal(
                EventRecord.MaskedCrc(record), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 12 + length)));
            records.Add(record);
            at += length + 16;
        }

        return records;
    }

    private sealed class Beginning(Action begin) : IHistorySink
    {
        public long? Before { get; private set; }

        public void Begin(long stepsBefore)
        {
            begin();
            Before = stepsBefore;
        }

        public ValueTask WriteAsync(StepMetrics metrics, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;
    }

    private sealed class Broken : IMetricSink
    {
        public ValueTask WriteAsync(StepMetrics metrics, CancellationToken cancellationToken = default) =>
            throw new InvalidOperationException("no more ink");
    }

    private sealed class Torn(CancellationTokenSource source) : IMetricSink
    {
        public ValueTask WriteAsync(StepMetrics metrics, CancellationToken cancellationToken = default)
        {
            if (metrics.Step == 2 && !source.IsCancellationRequested)
            {
                source.Cancel();
                throw new IOException("the pipe is broken");
            }

            return ValueTask.CompletedTask;
        }
    }

    private sealed class Cancelled(CancellationToken own) : IMetricSink
    {
        // Of the run's token only: the second run has another.
        public ValueTask WriteAsync(StepMetrics metrics, CancellationToken cancellationToken = default)
        {
            if (cancellationToken == own)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            return ValueTask.CompletedTask;
        }
    }

    private sealed class Recorder : IMetricSink
    {
        public int Count { get; private set; }

        public ValueTask WriteAsync(StepMetrics metrics, CancellationToken cancellationToken = default)
        {
            Count++;
            return ValueTask.CompletedTask;
        }
    }
}
