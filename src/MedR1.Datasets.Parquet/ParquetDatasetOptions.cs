namespace MedR1.Datasets.Parquet;

/// <summary>How Parquet files are read.</summary>
public sealed record ParquetDatasetOptions
{
    /// <summary>How rows become examples.</summary>
    /// <value>The default looks for the usual names of columns.</value>
    public TableOptions Table { get; init; } = new();

    /// <summary>Which files of a folder belong to the data set, such as <c>train-*.parquet</c>; in their names'
    /// order.</summary>
    /// <value>The default is <c>*.parquet</c>.</value>
    public string FilePattern { get; init; } = "*.parquet";

    /// <summary>
    /// How many bytes of pictures are kept at hand, the groups used last first. A picture can only be read with its whole
    /// row group: in the files' order each group is read once, in random order once too where all fit, else again for about
    /// as large a share of the pictures as does not fit.
    /// </summary>
    /// <value>The default is 268,435,456 (256 MiB); the group that was read last is kept whatever its size.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public long PictureCacheBytes
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    } = 256L << 20;
}
