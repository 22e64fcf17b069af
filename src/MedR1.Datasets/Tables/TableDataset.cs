using System.Runtime.CompilerServices;

namespace MedR1.Datasets;

/// <summary>
/// Examples from the rows of a table, whatever its format: <see cref="JsonLines"/> and the packages
/// <c>MedR1.Datasets.Parquet</c> and <c>MedR1.Datasets.Arrow</c> read their rows into it. Columns without a place of
/// their own stand in the metadata as text. Where the options are taken out of the question's text, or the answer is
/// written otherwise than its option, the metadata holds the text as the file writes it under its column's name.
/// </summary>
/// <remarks>Safe to read from several threads at once. Pictures are opened when they are read.</remarks>
public sealed class TableDataset : LoadedDataset
{
    private TableDataset(string name, List<VqaExample> examples, MissingImages missingImages, int missingTexts)
        : base(name, examples, missingImages) => MissingTexts = missingTexts;

    /// <summary>Number of rows without a question or an answer.</summary>
    public int MissingTexts { get; }

    /// <summary>Makes examples of rows.</summary>
    /// <param name="name">The data set's name.</param>
    /// <param name="rows">The rows in their order.</param>
    /// <param name="options">How to read them.</param>
    /// <param name="cancellationToken">Cancels the loading.</param>
    /// <exception cref="DatasetException">A row or a picture is not as it should be.</exception>
    public static TableDataset Load(
        string name, IEnumerable<TableRow> rows, TableOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(rows);
        RowConverter converter = new(options ?? new TableOptions());
        List<VqaExample> examples = [];
        foreach (TableRow row in rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (converter.Convert(row) is VqaExample example)
            {
                examples.Add(example);
            }
        }

        converter.ThrowIfBlind();
        converter.ThrowIfNotAllowed();
        return new TableDataset(name, examples, converter.MissingImages, converter.MissingTexts);
    }

    /// <summary>Makes examples of rows, one at a time: for tables that do not fit in memory.</summary>
    /// <param name="rows">The rows in their order.</param>
    /// <param name="options">How to read them; a missing picture that is not allowed throws where it comes up.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <exception cref="DatasetException">A row or a picture is not as it should be.</exception>
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
