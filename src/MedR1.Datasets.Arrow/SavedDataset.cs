namespace MedR1.Datasets.Arrow;

/// <summary>
/// Data sets written by Hugging Face's <c>save_to_disk</c>, the format that Med-R1 trains from: a folder with <c>state.json</c> and
/// Arrow IPC streams, or a folder of such folders with <c>dataset_dict.json</c>.
/// </summary>
public static class SavedDataset
{
    /// <summary>Reads the texts; images stay in the files until they are read.</summary>
    /// <param name="folder">The folder that the data set was saved to.</param>
    /// <param name="options">How to read it.</param>
    /// <param name="cancellationToken">Cancels the loading.</param>
    /// <exception cref="DatasetException">The folder, a file, a row or an image is missing or invalid.</exception>
    public static TableDataset Load(
        string folder, SavedDatasetOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(folder);
        options ??= new SavedDatasetOptions();
        string split = SavedFolder.FindSplit(folder, options.Split);
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(split)));
        return TableDataset.Load(
            name, SavedRows.Read(split, cancellationToken), options.Table, cancellationToken);
    }

    /// <summary>Reads one batch of rows at a time: for data sets that do not fit in memory.</summary>
    /// <param name="folder">The folder that the data set was saved to.</param>
    /// <param name="options">How to read it; a missing image that is not allowed throws when it is reached.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <exception cref="DatasetException">
    /// The folder, a file, a row or an image is missing or invalid, or the data set was shuffled or filtered before it was saved by an old
    /// version (until 1.14), so that its rows have another order than the files.
    /// </exception>
    public static IAsyncEnumerable<VqaExample> ReadAsync(
        string folder, SavedDatasetOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(folder);
        options ??= new SavedDatasetOptions();
        string split = SavedFolder.FindSplit(folder, options.Split);
        return TableDataset.ReadAsync(
            SavedRows.Stream(split).ToAsyncEnumerable(), options.Table, cancellationToken);
    }
}
