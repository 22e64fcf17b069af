using System.Text.Json;

namespace MedR1.Training.Tests;

public sealed class JsonLinesSinkTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medr1-").FullName;

    [Fact]
    public async Task Each_json_line_is_a_step_with_null_for_values_that_are_not_finite()
    {
        string path = Path.Combine(_folder, "deep", "metrics.jsonl");
        using (JsonLinesSink sink = new(path))
        {
            await sink.WriteAsync(Measured.Step(1, ("loss", 0.5), ("kl", double.NaN)));
        }

        using (JsonLinesSink sink = new(path))
        {
            await sink.WriteAsync(Measured.Step(2, ("loss", 0.25)));
        }

        string[] lines = File.ReadAllLines(path);
        Assert.Equal(["""{"step":1,"loss":0.5,"kl":null}""", """{"step":2,"loss":0.25}"""], lines);
        Assert.All(lines, line => JsonDocument.Parse(line).Dispose());
    }

    [Fact]
    public async Task A_partial_line_of_a_killed_run_does_not_corrupt_the_next()
    {
        string path = Path.Combine(_folder, "metrics.jsonl");
        File.WriteAllText(path, "{\"step\":1,\"loss\":0.5}\n{\"step\":2,\"lo");
        using (JsonLinesSink sink = new(path))
        {
            await sink.WriteAsync(Measured.Step(2, ("loss", 0.25)));
        }

        Assert.Equal(
            ["""{"step":1,"loss":0.5}""", """{"step":2,"lo""", """{"step":2,"loss":0.25}"""], File.ReadAllLines(path));
    }

    [Fact]
    public async Task A_metric_with_the_name_of_the_step_number_is_refused()
    {
        using JsonLinesSink sink = new(Path.Combine(_folder, "metrics.jsonl"));
        ArgumentException error = await Assert.ThrowsAsync<ArgumentException>(
            async () => await sink.WriteAsync(Measured.Step(1, ("step", 0.5))));
        Assert.Contains("A metric is named 'step'", error.Message);
        Assert.Equal(0, new FileInfo(Path.Combine(_folder, "metrics.jsonl")).Length);
    }

    [Fact]
    public void Json_lines_are_read_with_each_step_once()
    {
        string path = Path.Combine(_folder, "metrics.jsonl");

        // The run was killed while writing step 2 and resumed at step 1; step 2 was reported again with an evaluation.
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
    public void A_line_without_metrics_is_named(string line)
    {
        string path = Path.Combine(_folder, "metrics.jsonl");
        File.WriteAllLines(path, ["""{"step":1,"loss":0.5}""", line]);
        InvalidDataException failure = Assert.Throws<InvalidDataException>(() => JsonLinesSink.Read(path));
        Assert.Contains("Line 2", failure.Message, StringComparison.Ordinal);
        Assert.Contains(path, failure.Message, StringComparison.Ordinal);
        Assert.Contains(line, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sink_may_be_closed_twice()
    {
        string path = Path.Combine(_folder, "metrics.jsonl");
        using JsonLinesSink sink = new(path);
        await sink.WriteAsync(Measured.Step(1, ("loss", 0.5)));
        sink.Dispose();
        Assert.Single(File.ReadAllLines(path));
    }

    [Fact]
    public void Zeros_left_by_a_power_cut_are_skipped()
    {
        string path = Path.Combine(_folder, "metrics.jsonl");
        File.WriteAllText(path, "{\"step\":1,\"loss\":0.5}\n\0\0\0\n\0\0{\"step\":2,\"loss\":0.25}\n");
        Assert.Equal([1, 2], JsonLinesSink.Read(path).Select(step => step.Step));
    }

    [Fact]
    public async Task Json_lines_can_be_written_to_a_pipe()
    {
        string pipe = Path.Combine(_folder, "pipe");
        using (System.Diagnostics.Process making = System.Diagnostics.Process.Start("mkfifo", pipe))
        {
            await making.WaitForExitAsync();
        }

        Task<string> reading = Task.Run(() => File.ReadAllText(pipe));
        using (JsonLinesSink sink = new(pipe))
        {
            await sink.WriteAsync(Measured.Step(1, ("loss", 0.5)));
        }

        Assert.Equal("""{"step":1,"loss":0.5}""" + "\n", await reading.WaitAsync(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task A_full_disk_is_reported_when_a_line_is_written_and_not_again_on_closing()
    {
        // A system file without room for a single byte.
        JsonLinesSink sink = new("/dev/full");
        await Assert.ThrowsAsync<IOException>(async () => await sink.WriteAsync(Measured.Step(1, ("loss", 0.5))));

        sink.Dispose();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
