namespace MedR1.Datasets.Parquet;

/// <summary>How Parquet files are read.</summary>
public sealed record ParquetDatasetOptions
{
    /// <summary>How rows become examples.</summary>
    /// <value>The default looks for the usual column names.</value>
    public TableOptions Table { get; init; } = new();

    /// <summary>
    /// Which files in a folder belong to the data set, such as <c>train-*.parquet</c>; they are read in the order of their names.
    /// </summary>
    /// <value>The default is <c>*.parquet</c>.</value>
    public string FilePattern { get; init; } = "*.parquet";

    /// <summary>
    /// How many bytes of images are cached, keeping the most recently used row groups. An image can only be read together with its
    /// whole row group: in file order each group is read once, and in random order too if all of them fit; otherwise a group is
    /// read again for about the fraction of the images that does not fit.
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
