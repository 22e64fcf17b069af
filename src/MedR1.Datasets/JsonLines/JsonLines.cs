namespace MedR1.Datasets;

/// <summary>
/// Data sets in JSON Lines: one object per line, UTF-8 with or without a byte order mark, LF or CRLF. Images are paths, data URIs
/// or the objects <c>{"bytes", "path"}</c> of the Hugging Face hub, alone or in lists; those inside a line stay in the file until
/// they are read. Options are a list or <c>{"A": …, "B": …}</c>.
/// </summary>
public static class JsonLines
{
    /// <summary>Reads a file and checks that its images exist, without opening them.</summary>
    /// <param name="file">The file.</param>
    /// <param name="options">How to read it.</param>
    /// <param name="cancellationToken">Cancels the loading.</param>
    /// <exception cref="DatasetException">The file, a line or an image is missing or invalid.</exception>
    public static TableDataset Load(
        string file, JsonLinesOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        options ??= new JsonLinesOptions();
        return TableDataset.Load(
            Path.GetFileNameWithoutExtension(file), JsonLineReader.Read(file, options.MaxLineLength), options.Table,
            cancellationToken);
    }

    /// <summary>Reads a file one example at a time: for files that do not fit in memory.</summary>
    /// <param name="file">The file.</param>
    /// <param name="options">How to read it; a missing image that is not allowed throws when it is reached.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <exception cref="DatasetException">The file, a line or an image is missing or invalid.</exception>
    public static IAsyncEnumerable<VqaExample> ReadAsync(
        string file, JsonLinesOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        options ??= new JsonLinesOptions();
        return TableDataset.ReadAsync(
            JsonLineReader.ReadAsync(file, options.MaxLineLength, cancellationToken), options.Table, cancellationToken);
    }
}
