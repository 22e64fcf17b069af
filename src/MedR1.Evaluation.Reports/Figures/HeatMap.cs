namespace MedR1.Evaluation.Reports;

/// <summary>A table whose cells are colored by value, with a legend next to it.</summary>
public sealed record HeatMap : Figure
{
    /// <summary>The names of the columns.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>The rows, each with one cell per column.</summary>
    public required IReadOnlyList<HeatMapRow> Rows { get; init; }

    /// <summary>The meaning of the columns, such as <c>tested on</c>.</summary>
    public required string ColumnAxis { get; init; }

    /// <summary>The meaning of the rows in the last group, such as <c>trained on</c>.</summary>
    public required string RowAxis { get; init; }

    /// <summary>The meaning of the values, with their unit, printed next to the legend.</summary>
    public required string Unit { get; init; }

    /// <summary>The lowest value of the legend.</summary>
    public required double Low { get; init; }

    /// <summary>The highest value of the legend.</summary>
    public required double High { get; init; }

    /// <summary>
    /// Whether the colors diverge at 0, for differences: orange below, blue above. Otherwise they range from light to dark blue.
    /// </summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool IsDifference { get; init; }

    internal override (double Width, double Height) Draw(ICanvas canvas) => new HeatMapPainter(this, canvas).Paint();
}
