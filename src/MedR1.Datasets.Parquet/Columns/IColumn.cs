namespace MedR1.Datasets.Parquet;

/// <summary>A column of the resulting table.</summary>
internal interface IColumn
{
    string Name { get; }

    /// <summary>The cells of a row group, one per row.</summary>
    Task<object?[]> ReadAsync(ParquetFile file, int group, CancellationToken cancellationToken);
}
