using ScottPlot;

namespace MedR1.Training.Plots;

/// <summary>Plots the metrics of a run over its steps as a PNG image with several panels.</summary>
public static class CurvePlot
{
    private static readonly string[] CommonMetrics =
    [
        TrainingMetricNames.Loss, TrainingMetricNames.MeanLength, TrainingMetricNames.KlDivergence, TrainingMetricNames.Entropy,
        TrainingMetricNames.GradientNorm,
    ];

    /// <summary>Writes the image; an existing one is replaced once the new one is complete.</summary>
    /// <param name="path">The PNG file; its folder is created if missing.</param>
    /// <param name="history">The metrics of each step, such as <see cref="TrainingReport.History"/>.</param>
    /// <param name="options">What to draw and how.</param>
    /// <exception cref="ArgumentException">None of the metrics has a value.</exception>
    /// <exception cref="IOException">The file can't be written.</exception>
    public static void Save(string path, IReadOnlyList<StepMetrics> history, CurvePlotOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(history);
        options ??= new CurvePlotOptions();
        string[] metrics = [.. (options.Metrics ?? DefaultMetrics(history))
            .Where(name => Series(history, name).Steps.Length > 0)];
        if (metrics.Length == 0)
        {
            throw new ArgumentException(
                $"None of the {history.Count} steps has a value for "
                + $"{string.Join(", ", options.Metrics ?? CommonMetrics)}.", nameof(history));
        }

        int columns = Math.Min(options.Columns, metrics.Length);
        int rows = (metrics.Length + columns - 1) / columns;
        Multiplot multiplot = new();
        multiplot.AddPlots(rows * columns);
        multiplot.Layout = new ScottPlot.MultiplotLayouts.Grid(rows, columns);
        for (int panel = 0; panel < rows * columns; panel++)
        {
            Plot plot = multiplot.GetPlot(panel);
            if (panel < metrics.Length)
            {
                Draw(plot, metrics[panel], Series(history, metrics[panel]), options, isFirst: panel == 0);
            }
            else
            {
                plot.HideAxesAndGrid();
            }
        }

        using Image image = multiplot.Render(columns * options.PanelWidth, rows * options.PanelHeight);
        WholeFile.Write(path, image.GetImageBytes(ImageFormat.Png));
    }

    /// <summary>The mean of each value and those before it within a window; near the start, fewer are averaged.</summary>
    internal static double[] Smooth(double[] values, int window)
    {
        double[] smooth = new double[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            int from = Math.Max(0, i - window + 1);
            smooth[i] = values.AsSpan(from, i - from + 1).ToArray().Average();
        }

        return smooth;
    }

    private static List<string> DefaultMetrics(IReadOnlyList<StepMetrics> history)
    {
        HashSet<string> names = [.. history.SelectMany(metrics => metrics.Values.Keys)];
        List<string> chosen = names.Contains(TrainingMetricNames.Reward) ? [TrainingMetricNames.Reward] : [];
        chosen.AddRange(names.Where(TrainingMetricNames.IsRewardMean).Order(StringComparer.Ordinal));
        chosen.AddRange(CommonMetrics);
        return chosen;
    }

    private static (double[] Steps, double[] Values) Series(IReadOnlyList<StepMetrics> history, string name)
    {
        StepMetrics[] measured =
            [.. history.Where(metrics => metrics.Values.TryGetValue(name, out double value) && double.IsFinite(value))];
        return ([.. measured.Select(metrics => (double)metrics.Step)],
            [.. measured.Select(metrics => metrics.Values[name])]);
    }

    private static void Draw(
        Plot plot, string name, (double[] Steps, double[] Values) series, CurvePlotOptions options, bool isFirst)
    {
        int window = options.SmoothingWindow ?? Math.Max(1, series.Steps.Length / 20);
        ScottPlot.Plottables.Scatter raw = series.Steps.Length > 1
            ? plot.Add.ScatterLine(series.Steps, series.Values)
            : plot.Add.ScatterPoints(series.Steps, series.Values);
        raw.Color = Colors.SteelBlue.WithAlpha(window > 1 ? 0.35 : 1);
        raw.LineWidth = window > 1 ? 1 : 2;
        if (window > 1)
        {
            ScottPlot.Plottables.Scatter smooth = plot.Add.ScatterLine(series.Steps, Smooth(series.Values, window));
            smooth.Color = Colors.DarkBlue;
            smooth.LineWidth = 2.5f;
            smooth.LegendText = $"mean of {window} steps";
            raw.LegendText = "each step";
            plot.ShowLegend(Edge.Bottom);
        }

        plot.XLabel("optimizer step");
        bool hasOwnTitle = isFirst && options.Title.Length > 0;
        plot.Title(hasOwnTitle ? options.Title : name);
        if (hasOwnTitle)
        {
            // Elsewhere the title names the metric, and a long name would not fit beside its panel.
            plot.YLabel(name);
        }
    }
}
