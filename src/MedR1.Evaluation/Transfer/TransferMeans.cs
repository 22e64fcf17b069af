namespace MedR1.Evaluation;

/// <summary>
/// Means over the cells of a matrix, each cell counted once regardless of its number of questions; <see langword="null"/> if there
/// is no cell. They have no interval: cells in a column share their questions, so they are not independent.
/// </summary>
/// <param name="Diagonal">Trained and tested on the same domain. A blind prior can reach nearly 100 % here.</param>
/// <param name="OffDiagonal">Trained on one domain, tested on a different one: the meaningful number.</param>
/// <param name="All">All cells.</param>
public sealed record TransferMeans(double? Diagonal, double? OffDiagonal, double? All)
{
    /// <summary>The means of a value over cells.</summary>
    internal static TransferMeans Of(IEnumerable<TransferCell> cells, Func<TransferCell, double?> value)
    {
        (bool IsDiagonal, double Value)[] values =
        [
            .. cells.Select(cell => (cell.Train == cell.Test, Value: value(cell)))
                .Where(cell => cell.Value is not null).Select(cell => (cell.Item1, cell.Value!.Value)),
        ];
        return new TransferMeans(
            Mean(values.Where(cell => cell.IsDiagonal)), Mean(values.Where(cell => !cell.IsDiagonal)), Mean(values));
    }

    private static double? Mean(IEnumerable<(bool IsDiagonal, double Value)> values) =>
        values.Select(cell => (double?)cell.Value).Average();
}
