using global::Parquet.Schema;

namespace MedR1.Datasets.Parquet;

/// <summary>Texts, numbers and Booleans, alone or in lists.</summary>
internal sealed class ValueColumn(DataField field, Slots slots) : IColumn
{
    public string Name => slots.Name;

    public async Task<object?[]> ReadAsync(ParquetFile file, int group, CancellationToken cancellationToken)
    {
        ColumnValues column = await file.ReadAsync(group, field, cancellationToken).ConfigureAwait(false);
        return file.Guard(Name, () => slots.Assemble(
            column, file.RowCount(group), (slot, values) => column.IsValue(slot) ? column.Values[values] : null));
    }
}
