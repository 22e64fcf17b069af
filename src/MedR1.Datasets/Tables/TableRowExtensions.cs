namespace MedR1.Datasets;

internal static class TableRowExtensions
{
    /// <summary>Converts rows in order.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="convert">Converts a row; <see langword="null"/> leaves it out.</param>
    /// <param name="cancellationToken">Cancels between rows.</param>
    public static List<T> ConvertAll<T>(
        this IEnumerable<TableRow> rows, Func<TableRow, T?> convert, CancellationToken cancellationToken)
        where T : class
    {
        List<T> converted = [];
        foreach (TableRow row in rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (convert(row) is T one)
            {
                converted.Add(one);
            }
        }

        return converted;
    }
}
