using global::Parquet.Schema;

namespace MedR1.Datasets.Parquet;

/// <summary>The images of one row group of one file.</summary>
internal sealed record ImageGroup(string FilePath, int Group, DataField Field)
{
    public bool Equals(ImageGroup? other) =>
        other is not null && other.FilePath == FilePath && other.Group == Group
        && other.Field.Path.Equals(Field.Path);

    public override int GetHashCode() => HashCode.Combine(FilePath, Group);

    /// <exception cref="DatasetException">The file can't be read.</exception>
    public byte[][] Read()
    {
        // Runs on a pool thread, so that blocking can't deadlock on a synchronization context.
        return Task.Run(ReadAsync).GetAwaiter().GetResult();
    }

    private async Task<byte[][]> ReadAsync()
    {
        await using ParquetFile file = await ParquetFile.OpenAsync(FilePath, CancellationToken.None).ConfigureAwait(false);
        ColumnValues column = await file.ReadAsync(Group, Field, CancellationToken.None).ConfigureAwait(false);
        return [.. column.Values.Cast<byte[]>()];
    }
}
