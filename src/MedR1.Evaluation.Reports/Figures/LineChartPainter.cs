namespace MedR1.Evaluation.Reports;

/// <summary>Lays out and draws a line chart.</summary>
internal sealed class LineChartPainter(LineChart chart, ICanvas canvas)
{
    private const double PlotWidth = 460;
    private const double PlotHeight = 280;
    private const double LegendLine = 20;

    // One color for each of OmniMedVQA's eight modalities, and two more.
    private static readonly Color[] Palette =
    [
        new(0x1f, 0x77, 0xb4), new(0xd9, 0x5f, 0x02), new(0x1b, 0x9e, 0x77), new(0x75, 0x70, 0xb3), new(0xa6, 0x76, 0x1d),
        new(0xe7, 0x29, 0x8a), new(0x4d, 0x4d, 0x4d), new(0x17, 0xbe, 0xcf), new(0xb2, 0x18, 0x2b), new(0x66, 0xa6, 0x1e),
    ];

    public (double Width, double Height) Paint()
    {
        (double X, double Y)[] points = [.. chart.Series.SelectMany(series => series.Points)];
        if (points.Length == 0)
        {
            throw new InvalidOperationException($"'{chart.Title}' has no points to draw.");
        }

        AxisTicks horizontal = new(points.Min(point => point.X), points.Max(point => point.X));
        AxisTicks vertical = chart.YRange is (double low, double high)
            ? new AxisTicks(low, high)
            : new AxisTicks(points.Min(point => point.Y), points.Max(point => point.Y));
        double legendWidth = chart.Series.Max(series => TextSize.Width(series.Label, FigureFrame.LabelSize)) + 44;
        double left = FigureFrame.Margin + 24
            + vertical.Ticks.Max(tick => TextSize.Width(tick.Label, FigureFrame.SmallSize)) + 8;
        double width = left + PlotWidth + 20 + legendWidth + FigureFrame.Margin;
        double top = FigureFrame.Title(canvas, chart.Title, width);
        Axes(horizontal, vertical, left, top);
        Lines(horizontal, vertical, left, top);
        Legend(left + PlotWidth + 20, top);
        return (width, FigureFrame.Caption(canvas, chart.Caption, top + PlotHeight + 48, width));
    }

    private void Axes(AxisTicks horizontal, AxisTicks vertical, double left, double top)
    {
        foreach ((double value, string label) in vertical.Ticks)
        {
            double y = Place(value, vertical, top + PlotHeight, -PlotHeight);
            canvas.Line(left, y, left + PlotWidth, y, Color.Grid);
            canvas.Text(left - 7, y + 4, label, new TextStyle(FigureFrame.SmallSize, Color.Ink, TextAnchor.End));
        }

        foreach ((double value, string label) in horizontal.Ticks)
        {
            double x = Place(value, horizontal, left, PlotWidth);
            canvas.Line(x, top + PlotHeight, x, top + PlotHeight + 4, Color.Muted);
            canvas.Text(
                x, top + PlotHeight + 17, label, new TextStyle(FigureFrame.SmallSize, Color.Ink, TextAnchor.Middle));
        }

        canvas.Line(left, top + PlotHeight, left + PlotWidth, top + PlotHeight, Color.Muted);
        canvas.Text(
            left + PlotWidth / 2, top + PlotHeight + 38, chart.XLabel,
            new TextStyle(FigureFrame.LabelSize, Color.Muted, TextAnchor.Middle));
        canvas.Text(
            FigureFrame.Margin + FigureFrame.LabelSize, top + PlotHeight / 2, chart.YLabel,
            new TextStyle(FigureFrame.LabelSize, Color.Muted, TextAnchor.Middle) { Upwards = true });
    }

    private void Lines(AxisTicks horizontal, AxisTicks vertical, double left, double top)
    {
        for (int i = 0; i < chart.Series.Count; i++)
        {
            ChartSeries series = chart.Series[i];
            (double X, double Y)[] places =
            [
                .. series.Points.Select(point => (
                    Place(point.X, horizontal, left, PlotWidth),
                    Place(Math.Clamp(point.Y, vertical.Low, vertical.High), vertical, top + PlotHeight, -PlotHeight))),
            ];
            if (series.IsReference)
            {
                for (int point = 1; point < places.Length; point++)
                {
                    canvas.Line(
                        places[point - 1].X, places[point - 1].Y, places[point].X, places[point].Y, Color.Muted, dashed: true);
                }

                continue;
            }

            canvas.Path(places, ColorOf(i), 2);
            foreach ((double x, double y) in places.Length <= 30 ? places : [])
            {
                canvas.Dot(x, y, 3, ColorOf(i));
            }
        }
    }

    private void Legend(double x, double top)
    {
        for (int i = 0; i < chart.Series.Count; i++)
        {
            double y = top + 8 + i * LegendLine;
            bool isReference = chart.Series[i].IsReference;
            canvas.Line(x, y, x + 22, y, isReference ? Color.Muted : ColorOf(i), isReference ? 1 : 2, isReference);
            canvas.Text(x + 28, y + 4, chart.Series[i].Label, new TextStyle(FigureFrame.LabelSize, Color.Ink));
        }
    }

    private Color ColorOf(int series) => Palette[series % Palette.Length];

    private static double Place(double value, AxisTicks axis, double start, double length) =>
        start + (value - axis.Low) / (axis.High - axis.Low) * length;
}
