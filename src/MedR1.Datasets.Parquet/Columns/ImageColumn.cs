using global::Parquet.Schema;

namespace MedR1.Datasets.Parquet;

/// <summary>Images as bare bytes, alone or in lists.</summary>
internal sealed class ImageColumn(DataField field, Slots slots, string filePath, ImageCache cache) : IColumn
{
    public string Name => slots.Name;

    public async Task<object?[]> ReadAsync(ParquetFile file, int group, CancellationToken cancellationToken)
    {
        ColumnValues column = await file.ReadAsync(group, field, cancellationToken).ConfigureAwait(false);
        return file.Guard(Name, () => slots.Assemble(
            column, file.RowCount(group), (slot, values) => column.IsValue(slot)
                ? new ParquetImage(cache, new ImageGroup(filePath, group, field), values, null)
                : null));
    }
}
