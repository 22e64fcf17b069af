namespace MedR1.Evaluation;

/// <summary>
/// Means over the cells of a matrix, each cell counted once regardless of its number of questions; <see langword="null"/> if there
/// is no cell. The means have no confidence interval, because cells in a column share their questions and are not independent.
/// </summary>
/// <param name="Diagonal">
/// The mean over cells with the same training and test domain, where a blind prior can reach nearly 100 %.
/// </param>
/// <param name="OffDiagonal">The mean over cells with different training and test domains: the meaningful number.</param>
/// <param name="All">The mean over all cells.</param>
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
