namespace MedR1.Datasets.Parquet;

/// <summary>How Parquet files are read.</summary>
public sealed record ParquetDatasetOptions
{
    /// <summary>How rows become examples.</summary>
    /// <value>The default looks for the usual column names.</value>
    public TableOptions Table { get; init; } = new();

    /// <summary>
    /// The pattern of the data set's files in a folder, such as <c>train-*.parquet</c>; they are read in the order of their names.
    /// </summary>
    /// <value>The default is <c>*.parquet</c>.</value>
    public string FilePattern { get; init; } = "*.parquet";

    /// <summary>
    /// The maximum number of bytes of images to cache, keeping the most recently used row groups. An image can only be read
    /// together with its whole row group. In file order, each group is read once, and also in random order if all groups fit;
    /// otherwise a group is read again for about the fraction of images that does not fit.
    /// </summary>
    /// <value>The default is 268,435,456 (256 MiB); the group read last is kept regardless of its size.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public long ImageCacheBytes
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    } = 256L << 20;
}
