using System.Runtime.CompilerServices;

namespace MedR1.Datasets;

/// <summary>
/// Examples from the rows of a table in any format: <see cref="CsvFile"/>, <see cref="JsonLines"/> and the packages
/// <c>MedR1.Datasets.Parquet</c> and <c>MedR1.Datasets.Arrow</c> load their rows into it. Columns without a corresponding property
/// are in the metadata as text. If the options were extracted from the question's text, or the answer is written differently from
/// its option, the metadata contains the text as written in the file, under its column's name.
/// </summary>
/// <remarks>Safe to read from several threads at once. Images are not opened until they are read.</remarks>
public sealed class TableDataset : LoadedDataset
{
    private TableDataset(string name, List<VqaExample> examples, MissingImages missingImages, int missingTexts)
        : base(name, examples, missingImages) => MissingTexts = missingTexts;

    /// <summary>Number of rows without a question or an answer.</summary>
    public int MissingTexts { get; }

    /// <summary>Creates examples from rows.</summary>
    /// <param name="name">The data set's name.</param>
    /// <param name="rows">The rows in order.</param>
    /// <param name="options">How to read them.</param>
    /// <param name="cancellationToken">Cancels the loading.</param>
    /// <exception cref="DatasetException">A row or an image is missing or invalid.</exception>
    public static TableDataset Load(
        string name, IEnumerable<TableRow> rows, TableOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(rows);
        RowConverter converter = new(options ?? new TableOptions());
        List<VqaExample> examples = rows.ConvertAll(converter.Convert, cancellationToken);
        converter.ThrowIfBlind();
        converter.ThrowIfNotAllowed();
        return new TableDataset(name, examples, converter.MissingImages, converter.MissingTexts);
    }

    /// <summary>Creates examples from rows, one at a time, for tables that do not fit in memory.</summary>
    /// <param name="rows">The rows in order.</param>
    /// <param name="options">How to read them; a missing image that is not allowed throws when it is reached.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <exception cref="DatasetException">A row or an image is missing or invalid.</exception>
    public static async IAsyncEnumerable<VqaExample> ReadAsync(
        IAsyncEnumerable<TableRow> rows, TableOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        RowConverter converter = new(options ?? new TableOptions());
        await foreach (TableRow row in rows.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (converter.Convert(row) is VqaExample example)
            {
                converter.ThrowIfNotAllowed();
                yield return example;
            }
        }

        converter.ThrowIfBlind();
    }
}
