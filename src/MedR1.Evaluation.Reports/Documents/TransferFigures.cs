namespace MedR1.Evaluation.Reports;

/// <summary>Heat maps of transfer matrices.</summary>
public static class TransferFigures
{
    /// <summary>The accuracies of a matrix with Wilson's 95 % interval in each cell, below rows for chance and zero-shot.</summary>
    /// <param name="report">The report that the matrix belongs to.</param>
    /// <param name="matrix">The matrix.</param>
    public static HeatMap Accuracy(TransferReport report, TransferMatrix matrix)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(matrix);
        return new HeatMap
        {
            Title = $"{matrix.Name}: accuracy by {report.Grouping}",
            Columns = [.. matrix.Domains.Select(DomainLabels.Short)],
            ColumnAxis = $"tested on ({report.Grouping})",
            RowAxis = $"trained on ({report.Grouping})",
            Unit = "accuracy, %",
            Low = 0,
            High = 100,
            Rows =
            [
                ChanceRow(report, matrix),
                UntrainedRow(report.ZeroShot, matrix),
                .. matrix.Domains.Select((train, index) => new HeatMapRow(
                    DomainLabels.Short(train), [.. matrix.Domains.Select(test => Cell(matrix.Cell(train, test)))],
                    StartsGroup: index == 0)),
            ],
            Caption =
            [
                "Small numbers: Wilson's 95 % interval. Framed: trained and tested on the same domain, where the blind prior "
                + $"may do as well.{Gaps(matrix)}",
                matrix.Origin.Caption(matrix.Rule),
            ],
        };
    }

    /// <summary>The gain of each cell over zero-shot, in percentage points.</summary>
    /// <param name="report">The report that the matrix belongs to.</param>
    /// <param name="matrix">The matrix.</param>
    public static HeatMap Gain(TransferReport report, TransferMatrix matrix)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(matrix);
        double[] gains =
        [
            .. matrix.Cells.Select(cell => matrix.Gain(cell.Train, cell.Test, report.ZeroShot) ?? 0)
                .Select(gain => Math.Abs(gain) * 100),
        ];
        double end = Math.Max(5, Math.Ceiling(gains.DefaultIfEmpty(0).Max() / 5) * 5);
        return new HeatMap
        {
            Title = $"{matrix.Name}: gain over {report.ZeroShot.Name} by {report.Grouping}",
            Columns = [.. matrix.Domains.Select(DomainLabels.Short)],
            ColumnAxis = $"tested on ({report.Grouping})",
            RowAxis = $"trained on ({report.Grouping})",
            Unit = "gain, percentage points",
            Low = -end,
            High = end,
            IsDifference = true,
            Rows =
            [
                .. matrix.Domains.Select(train => new HeatMapRow(
                    DomainLabels.Short(train),
                    [
                        .. matrix.Domains.Select(test => matrix.Gain(train, test, report.ZeroShot) is double gain
                            ? new HeatMapCell(gain * 100, Numbers.Points(gain), IsMarked: train == test)
                            : null),
                    ])),
            ],
            Caption = [$"Framed: trained and tested on the same domain.{Gaps(matrix)}", matrix.Origin.Caption(matrix.Rule)],
        };
    }

    private static string Gaps(TransferMatrix matrix) =>
        matrix.Cells.Count() < matrix.Domains.Count * matrix.Domains.Count ? " –: not run." : "";

    private static HeatMapRow ChanceRow(TransferReport report, TransferMatrix matrix) => new(
        "chance",
        [
            .. matrix.Domains.Select(test => report.Chance.TryGetValue(test, out double chance)
                ? new HeatMapCell(chance * 100, Numbers.PerCent(chance))
                : null),
        ]);

    private static HeatMapRow UntrainedRow(TransferRow row, TransferMatrix matrix) => new(
        row.Name,
        [
            .. matrix.Domains.Select(test => row.ByTest.TryGetValue(test, out Accuracy accuracy)
                ? new HeatMapCell(accuracy.Value * 100, Numbers.PerCent(accuracy.Value), Numbers.Interval(accuracy))
                : null),
        ]);

    private static HeatMapCell? Cell(TransferCell? cell) => cell is null
        ? null
        : new HeatMapCell(
            cell.Accuracy.Value * 100, Numbers.PerCent(cell.Accuracy.Value), Numbers.Interval(cell.Accuracy),
            IsMarked: cell.Train == cell.Test);
}
