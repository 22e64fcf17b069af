namespace MedR1.Evaluation.Reports;

/// <summary>Curves over one number: a reliability diagram, pass@k, a measurement over training steps.</summary>
public sealed record LineChart : Figure
{
    /// <summary>The curves; each needs a point.</summary>
    public required IReadOnlyList<ChartSeries> Series { get; init; }

    /// <summary>What stands below, with its unit.</summary>
    public required string XLabel { get; init; }

    /// <summary>What stands on the left, with its unit.</summary>
    public required string YLabel { get; init; }

    /// <summary>The ends of the vertical axis; <see langword="null"/> takes them from the points.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public (double Low, double High)? YRange { get; init; }

    internal override (double Width, double Height) Draw(ICanvas canvas) => new LineChartPainter(this, canvas).Paint();
}
