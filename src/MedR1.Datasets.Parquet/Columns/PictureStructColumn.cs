using global::Parquet.Schema;

namespace MedR1.Datasets.Parquet;

/// <summary>
/// Pictures as the Hugging Face hub keeps them: bytes with the path they came from, or a path alone. The bytes are looked
/// at on loading only where some may be null.
/// </summary>
internal sealed class PictureStructColumn(
    Slots slots, DataField bytes, DataField path, string filePath, PictureCache cache) : IColumn
{
    public string Name => slots.Name;

    public async Task<object?[]> ReadAsync(ParquetFile file, int group, CancellationToken cancellationToken)
    {
        ColumnValues paths = await file.ReadAsync(group, path, cancellationToken).ConfigureAwait(false);
        bool[]? hasBytes = null;
        if (file.NullCount(group, bytes) != 0)
        {
            ColumnValues values = await file.ReadAsync(group, bytes, cancellationToken).ConfigureAwait(false);
            hasBytes = [.. Enumerable.Range(0, values.Count).Select(values.IsValue)];
        }

        int[] bytesBefore = new int[paths.Count + 1];
        for (int slot = 0; slot < paths.Count; slot++)
        {
            bytesBefore[slot + 1] = bytesBefore[slot] + (HasBytes(slot) ? 1 : 0);
        }

        return file.Guard(Name, () => slots.Assemble(paths, file.RowCount(group), (slot, values) =>
        {
            string? name = paths.IsValue(slot) ? (string)paths.Values[values] : null;
            return HasBytes(slot)
                ? new ParquetImage(cache, new PictureGroup(filePath, group, bytes), bytesBefore[slot], name)
                : name;
        }));

        bool HasBytes(int slot) => hasBytes is null || (slot < hasBytes.Length && hasBytes[slot]);
    }
}
