using ScottPlot;

namespace MedR1.Samples.Comparison;

/// <summary>Draws the run: what each method reached with each seed, and how its training progressed.</summary>
internal static class ComparisonFigure
{
    private const int PanelWidth = 620;
    private const int PanelHeight = 460;
    private static readonly Color[] s_colors =
        [Colors.Gray, Colors.SeaGreen, Colors.SteelBlue, Colors.SkyBlue, Colors.MediumPurple, Colors.DarkOrange];

    public static void Save(
        string path, ComparisonSettings settings, IReadOnlyList<MethodSummary> summaries, RunFolder folder)
    {
        Multiplot panels = new();
        panels.AddPlots(2);
        panels.Layout = new ScottPlot.MultiplotLayouts.Grid(1, 2);
        DrawAccuracy(panels.GetPlot(0), summaries);
        DrawTraining(panels.GetPlot(1), settings, summaries, folder);
        using Image image = panels.Render(2 * PanelWidth, PanelHeight);
        WholeFile.Write(path, image.GetImageBytes(ImageFormat.Png));
    }

    private static void DrawAccuracy(Plot plot, IReadOnlyList<MethodSummary> summaries)
    {
        Cell any = summaries[0].Cells[0];
        AddLevel(plot, any.Chance, "chance", LinePattern.Dashed);
        AddLevel(plot, any.BlindPrior, "blind option prior", LinePattern.Dotted);
        for (int place = 0; place < summaries.Count; place++)
        {
            MethodSummary summary = summaries[place];
            Color color = ColorOf(summary.Method);
            double[] accuracies = [.. summary.Cells.Select(cell => cell.Accuracy * 100)];
            plot.Add.Markers(Spread(place, accuracies.Length), accuracies, MarkerShape.OpenCircle, 7, color);
            plot.Add.Marker(place, summary.Accuracy * 100, MarkerShape.FilledDiamond, 12, color);
            if (summary.HalfWidth is double half)
            {
                ScottPlot.Plottables.ErrorBar bar = plot.Add.ErrorBar([place], [summary.Accuracy * 100], [half * 100]);
                bar.Color = color;
                bar.LineWidth = 2;
                bar.CapSize = 10;
            }

            ScottPlot.Plottables.Text value = plot.Add.Text($"{summary.Accuracy * 100:F1}", place + 0.2, summary.Accuracy * 100);
            value.LabelFontColor = color;
            value.LabelAlignment = Alignment.MiddleLeft;
            value.LabelBold = true;
        }

        plot.Axes.Bottom.SetTicks(
            [.. Enumerable.Range(0, summaries.Count).Select(place => (double)place)],
            [.. summaries.Select(summary => summary.Method.Title.Replace(", ", "\n", StringComparison.Ordinal))]);
        plot.Axes.Bottom.MajorTickStyle.Length = 0;
        plot.Axes.SetLimits(-0.6, summaries.Count - 0.3, 0, 100);
        plot.ShowLegend(Alignment.UpperLeft);
        plot.YLabel("correct answers, % of held-out questions");
        plot.Title("Accuracy: seeds, mean and 95 % interval");
    }

    private static void DrawTraining(
        Plot plot, ComparisonSettings settings, IReadOnlyList<MethodSummary> summaries, RunFolder folder)
    {
        foreach (MethodSummary summary in summaries)
        {
            (double[] steps, double[] values) = TrainingCurve.Of(
                [.. summary.Cells.Select(cell => folder.MetricsOf(summary.Method, cell.Seed))]);
            if (steps.Length > 0)
            {
                ScottPlot.Plottables.Scatter line =
                    plot.Add.ScatterLine(steps, [.. values.Select(value => value * 100)], ColorOf(summary.Method));
                line.LineWidth = 2;
                line.LegendText = summary.Method.Title;
            }
        }

        plot.Axes.SetLimits(0, Math.Max(2, settings.Steps), 0, 100);
        plot.ShowLegend(Alignment.UpperLeft);
        plot.XLabel("optimizer step");
        plot.YLabel("correct answers, % of those sampled per step");
        plot.Title($"Training accuracy: mean over seeds and {TrainingCurve.Window} steps");
    }

    private static void AddLevel(Plot plot, double share, string name, LinePattern pattern)
    {
        ScottPlot.Plottables.HorizontalLine line = plot.Add.HorizontalLine(share * 100, 1.5f, Colors.Black, pattern);
        line.LegendText = name;
    }

    // Side by side, so that seeds of the same accuracy can be told apart.
    private static double[] Spread(int place, int count) =>
        [.. Enumerable.Range(0, count).Select(index => place - 0.12 + (count == 1 ? 0.12 : 0.24 * index / (count - 1)))];

    private static Color ColorOf(Method method) => s_colors[Method.All.Index().First(one => one.Item == method).Index];
}
