using global::Parquet.Schema;

namespace MedR1.Datasets.Parquet;

/// <summary>Texts, numbers and Booleans, alone or in lists.</summary>
/// <param name="field">The values.</param>
/// <param name="slots">Assembles them into rows.</param>
/// <param name="structure">The structure that the field belongs to; its name is put before the field's.</param>
internal sealed class ValueColumn(DataField field, Slots slots, StructField? structure = null) : IColumn
{
    public string Name => structure is null ? slots.Name : $"{structure.Name}.{slots.Name}";

    public async Task<object?[]> ReadAsync(ParquetFile file, int group, CancellationToken cancellationToken)
    {
        ColumnValues column = await file.ReadAsync(group, field, cancellationToken).ConfigureAwait(false);
        return file.Guard(Name, () => slots.Assemble(
            column, file.RowCount(group), (slot, values) => column.IsValue(slot) ? column.Values[values] : null));
    }
}
