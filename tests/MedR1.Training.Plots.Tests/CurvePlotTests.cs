using SkiaSharp;

namespace MedR1.Training.Plots.Tests;

public sealed class CurvePlotTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medr1-").FullName;

    [Fact]
    public void Draws_a_panel_for_each_metric_that_has_values()
    {
        Random random = new(3);
        StepMetrics[] history = [
            .. Enumerable.Range(1, 200).Select(step => new StepMetrics(step, new Dictionary<string, double>
        {
            ["reward"] = 2 - Math.Exp(-step / 60.0) + 0.1 * random.NextDouble(),
            ["rewards/accuracy/mean"] = 0.9 - 0.5 * Math.Exp(-step / 60.0) + 0.1 * random.NextDouble(),
            ["completions/mean_length"] = 20 + 10 * Math.Sin(step / 20.0),
            ["loss"] = random.NextDouble() - 0.5,
            ["kl"] = double.NaN,
        }))];
        string path = Path.Combine(_folder, "curves", "run.png");

        CurvePlot.Save(path, history);

        byte[] file = File.ReadAllBytes(path);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], file[..4]);
        // Four panels of 640 × 360, two in a row: width and height are big-endian in the header chunk.
        Assert.Equal([0, 0, 5, 0], file[16..20]);
        Assert.Equal([0, 0, 2, 0xD0], file[20..24]);
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void One_step_is_drawn_as_a_point()
    {
        string path = Path.Combine(_folder, "one.png");
        CurvePlot.Save(path, [new StepMetrics(5, new Dictionary<string, double> { ["reward"] = 0.5 })]);
        using SKBitmap image = SKBitmap.Decode(path);

        // Steel blue, which nothing else in the image has.
        Assert.Contains(new SKColor(70, 130, 180), image.Pixels);
    }

    [Fact]
    public void Refuses_a_history_without_values()
    {
        ArgumentException exception = Assert.Throws<ArgumentException>(
            () => CurvePlot.Save(Path.Combine(_folder, "none.png"), []));

        Assert.Contains("None of the 0 steps", exception.Message);
    }

    // A sink draws hours after it was created, and its failure ends no run.
    [Fact]
    public void Options_that_draw_nothing_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>("value", () => new CurvePlotOptions { Columns = 0 });
        Assert.Throws<ArgumentOutOfRangeException>("value", () => new CurvePlotOptions { PanelWidth = 0 });
        Assert.Throws<ArgumentOutOfRangeException>("value", () => new CurvePlotOptions { PanelHeight = -1 });
        Assert.Throws<ArgumentOutOfRangeException>("value", () => new CurvePlotOptions { SmoothingWindow = 0 });
        CurvePlotOptions least = new() { Columns = 1, PanelWidth = 1, PanelHeight = 1, SmoothingWindow = 1 };
        Assert.Null((least with { SmoothingWindow = null }).SmoothingWindow);
    }

    // Every tenth step is reported: 50 and 100 begin the second and the third 50 steps. Counted by reports it would be 500.
    [Fact]
    public async Task A_sink_draws_once_per_interval_of_steps()
    {
        string path = Path.Combine(_folder, "sink.png");
        CurvePlotSink sink = new(path, interval: 50);
        List<long> drawn = [];
        for (int step = 0; step <= 120; step += 10)
        {
            await sink.WriteAsync(new StepMetrics(step, new Dictionary<string, double> { ["reward"] = step }));
            if (File.Exists(path))
            {
                drawn.Add(step);
                File.Delete(path);
            }
        }

        Assert.Equal([50, 100], drawn);
    }

    [Fact]
    public void Smoothing_takes_the_mean_of_the_values_so_far()
    {
        // Windows of at most 3: 1; (1+2)/2; (1+2+6)/3; (2+6+1)/3.
        Assert.Equal([1, 1.5, 3, 3], CurvePlot.Smooth([1, 2, 6, 1], 3));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
