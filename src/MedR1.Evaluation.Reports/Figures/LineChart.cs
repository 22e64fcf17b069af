namespace MedR1.Evaluation.Reports;

/// <summary>Curves over one variable: a reliability diagram, pass@k, a metric over training steps.</summary>
public sealed record LineChart : Figure
{
    /// <summary>The curves, each with at least one point.</summary>
    public required IReadOnlyList<ChartSeries> Series { get; init; }

    /// <summary>The label of the horizontal axis, with its unit.</summary>
    public required string XLabel { get; init; }

    /// <summary>The label of the vertical axis, with its unit.</summary>
    public required string YLabel { get; init; }

    /// <summary>The range of the vertical axis; <see langword="null"/> derives it from the points.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public (double Low, double High)? YRange { get; init; }

    internal override (double Width, double Height) Draw(ICanvas canvas) => new LineChartPainter(this, canvas).Paint();
}
