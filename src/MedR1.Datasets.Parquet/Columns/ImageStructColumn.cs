using global::Parquet.Schema;

namespace MedR1.Datasets.Parquet;

/// <summary>
/// Images as the Hugging Face hub stores them: bytes with their original path, or only a path. On loading, the bytes are inspected
/// only if some may be null.
/// </summary>
internal sealed class ImageStructColumn(
    Slots slots, DataField bytes, DataField path, string filePath, ImageCache cache) : IColumn
{
    public string Name => slots.Name;

    /// <summary>The fields of bytes and path, if the structure has both.</summary>
    public static (DataField Bytes, DataField Path)? BytesAndPath(StructField structure)
    {
        DataField? bytes = structure.Fields.OfType<DataField>().FirstOrDefault(one => one.Name == "bytes" && ColumnValues.IsBytes(one));
        DataField? path = structure.Fields.OfType<DataField>()
            .FirstOrDefault(one => one.Name == "path" && one.ClrType == typeof(ReadOnlyMemory<char>));
        return bytes is not null && path is not null ? (bytes, path) : null;
    }

    public async Task<object?[]> ReadAsync(ParquetFile file, int group, CancellationToken cancellationToken)
    {
        ColumnValues paths = await file.ReadAsync(group, path, cancellationToken).ConfigureAwait(false);
        bool[] hasBytes = await HasBytesAsync(file, group, paths, cancellationToken).ConfigureAwait(false);
        int[] bytesBefore = new int[paths.Count + 1];
        for (int slot = 0; slot < paths.Count; slot++)
        {
            bytesBefore[slot + 1] = bytesBefore[slot] + (hasBytes[slot] ? 1 : 0);
        }

        return file.Guard(Name, () => slots.Assemble(paths, file.RowCount(group), (slot, values) =>
        {
            string? name = paths.IsValue(slot) ? (string)paths.Values[values] : null;
            return hasBytes[slot]
                ? new ParquetImage(cache, new ImageGroup(filePath, group, bytes), bytesBefore[slot], name)
                : name;
        }));
    }

    // Which slots contain bytes. An empty list is a slot too, without a structure in it. Writers differ in whether they count it as
    // a null (PyArrow does, Polars does not), so a null count of 0 means only that every structure has bytes.
    private async Task<bool[]> HasBytesAsync(
        ParquetFile file, int group, ColumnValues paths, CancellationToken cancellationToken)
    {
        IEnumerable<int> all = Enumerable.Range(0, paths.Count);
        if (file.NullCount(group, bytes) == 0)
        {
            int structureLevel = path.MaxDefinitionLevel - (path.IsNullable ? 1 : 0);
            return [.. all.Select(slot => paths.DefinitionLevel(slot) >= structureLevel)];
        }

        ColumnValues values = await file.ReadAsync(group, bytes, cancellationToken).ConfigureAwait(false);
        return [.. all.Select(slot => slot < values.Count && values.IsValue(slot))];
    }
}
