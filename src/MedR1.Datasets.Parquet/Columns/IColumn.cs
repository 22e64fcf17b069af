namespace MedR1.Datasets.Parquet;

/// <summary>A column of the table that is handed on.</summary>
internal interface IColumn
{
    string Name { get; }

    /// <summary>The cells of a row group: one a row.</summary>
    Task<object?[]> ReadAsync(ParquetFile file, int group, CancellationToken cancellationToken);
}
