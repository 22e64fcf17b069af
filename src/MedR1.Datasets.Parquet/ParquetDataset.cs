using System.Runtime.CompilerServices;

namespace MedR1.Datasets.Parquet;

/// <summary>
/// Data sets in Parquet files, as the Hugging Face hub stores them: an image is a structure <c>{bytes, path}</c> or bare bytes,
/// images and options may be lists, anything may be null. <c>VQA-RAD</c>, <c>PathVQA</c> and Med-R1's training columns can be read
/// with the defaults; specify other names in <see cref="TableOptions.Columns"/>.
/// </summary>
public static class ParquetDataset
{
    private static readonly string[] s_messages = ["messages", "prompt", "completion", "conversations"];

    /// <summary>Reads the texts; images stay in the files until they are read.</summary>
    /// <param name="path">A file, or a folder of files.</param>
    /// <param name="options">How to read it.</param>
    /// <param name="cancellationToken">Cancels the loading.</param>
    /// <exception cref="DatasetException">A file, a row or an image is missing or invalid.</exception>
    public static TableDataset Load(
        string path, ParquetDatasetOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        options ??= new ParquetDatasetOptions();
        return TableDataset.Load(
            Name(path), RowsAsync(path, options, [], cancellationToken).ToBlockingEnumerable(cancellationToken), options.Table,
            cancellationToken);
    }

    /// <summary>
    /// Reads conversations, in the layouts of <see cref="ConversationDataset"/>: TRL's columns <c>messages</c>, or <c>prompt</c> with or
    /// without <c>completion</c>, or LLaVA's <c>conversations</c>, and <c>images</c> or <c>image</c>. Images stay in the files until
    /// they are read.
    /// </summary>
    /// <param name="path">A file, or a folder of files.</param>
    /// <param name="options">How to read it; of the table's columns, only <c>Id</c> and <c>Images</c> are used.</param>
    /// <param name="cancellationToken">Cancels the loading.</param>
    /// <exception cref="DatasetException">A file, a row or an image is missing or invalid.</exception>
    public static ConversationDataset LoadConversations(
        string path, ParquetDatasetOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        options ??= new ParquetDatasetOptions();
        return ConversationDataset.Load(
            Name(path), RowsAsync(path, options, s_messages, cancellationToken).ToBlockingEnumerable(cancellationToken), options.Table,
            cancellationToken);
    }

    /// <summary>Reads one row group at a time: for files that do not fit in memory.</summary>
    /// <param name="path">A file, or a folder of files.</param>
    /// <param name="options">How to read it; a missing image that is not allowed throws when it is reached.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <exception cref="DatasetException">A file, a row or an image is missing or invalid.</exception>
    public static IAsyncEnumerable<VqaExample> ReadAsync(
        string path, ParquetDatasetOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        options ??= new ParquetDatasetOptions();
        return TableDataset.ReadAsync(RowsAsync(path, options, [], cancellationToken), options.Table, cancellationToken);
    }

    private static async IAsyncEnumerable<TableRow> RowsAsync(
        string path, ParquetDatasetOptions options, IReadOnlyCollection<string> nested,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ImageCache cache = new(options.ImageCacheBytes);
        foreach (string file in Files(path, options.FilePattern))
        {
            await foreach (TableRow row in ParquetRows.ReadAsync(file, cache, nested, cancellationToken).ConfigureAwait(false))
            {
                yield return row;
            }
        }
    }

    private static string Name(string path)
    {
        string name = Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        return name.Length > 0 ? name : path;
    }

    private static string[] Files(string path, string pattern)
    {
        if (!Directory.Exists(path))
        {
            return [path];
        }

        string[] files = [.. Directory.GetFiles(path, pattern).Order(StringComparer.Ordinal)];
        return files.Length > 0
            ? files
            : throw new DatasetException(
                $"'{path}' has no file '{pattern}'. Give the folder that contains the files, or set FilePattern.")
            {
                FilePath = path,
            };
    }
}
