using System.Globalization;

namespace MedR1.Datasets.Arrow;

/// <summary>
/// The rows of a saved data set. Until version 1.14, save_to_disk wrote a data set that had been shuffled or filtered as all rows and,
/// in further files, the numbers of those that it has, in its order; current versions of Hugging Face's library ignore those files.
/// </summary>
internal static class SavedRows
{
    private const string IndexColumn = "indices";

    /// <summary>The rows; all are read first if there are files of row numbers.</summary>
    /// <exception cref="DatasetException">A file is missing or invalid.</exception>
    public static IEnumerable<TableRow> Read(string folder, CancellationToken cancellationToken)
    {
        string[] indexFiles = SavedFolder.IndexFiles(folder);
        return indexFiles.Length == 0 ? InFileOrder(folder) : Selected(folder, indexFiles, cancellationToken);
    }

    /// <summary>The rows in the order of the files.</summary>
    /// <exception cref="DatasetException">A file is missing or invalid, or the rows have another order.</exception>
    public static IEnumerable<TableRow> Stream(string folder) => SavedFolder.IndexFiles(folder) is [string first, ..]
        ? throw new DatasetException(
            $"{first} has the order of the rows, as in data sets of datasets 1.14 and earlier, so they can't be read one batch at a "
            + "time: use SavedDataset.Load.") { FilePath = first }
        : InFileOrder(folder);

    private static IEnumerable<TableRow> InFileOrder(string folder) => SavedFolder.DataFiles(folder).SelectMany(ArrowStreamRows.Read);

    private static IEnumerable<TableRow> Selected(string folder, string[] indexFiles, CancellationToken cancellationToken)
    {
        List<TableRow> rows = [];
        foreach (TableRow row in InFileOrder(folder))
        {
            cancellationToken.ThrowIfCancellationRequested();
            rows.Add(row);
        }

        foreach (TableRow item in indexFiles.SelectMany(ArrowStreamRows.Read))
        {
            object? value = item.Cells.GetValueOrDefault(IndexColumn);
            yield return value is ulong number && number < (ulong)rows.Count
                ? rows[(int)number]
                : throw new DatasetException(
                    $"{item.FilePath}, item {item.Index}: '{Convert.ToString(value, CultureInfo.InvariantCulture)}' in the column "
                    + $"'{IndexColumn}', expected the number of one of the {rows.Count} rows.") { FilePath = item.FilePath };
        }
    }
}
