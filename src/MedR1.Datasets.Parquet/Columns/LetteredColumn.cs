using global::Parquet.Schema;

namespace MedR1.Datasets.Parquet;

/// <summary>
/// Options as a structure <c>{A, B, C, …}</c> of texts; rows with fewer options have trailing nulls, and rows without options have
/// only nulls.
/// </summary>
internal sealed class LetteredColumn(StructField letters) : IColumn
{
    private readonly ValueColumn[] _options =
        [.. letters.Fields.Cast<DataField>().Select(option => new ValueColumn(option, new Slots(option, null)))];

    public string Name => letters.Name;

    /// <summary>Whether the fields of a structure are named by the letters in order, and are single texts or numbers.</summary>
    public static bool Matches(StructField letters) =>
        letters.Fields.Count is > 0 and <= OptionLetters.Count
        && letters.Fields.Index().All(one => one.Item.Name == OptionLetters.Of(one.Index)
            && one.Item is DataField { MaxRepetitionLevel: 0 } data && data.ClrType != typeof(ReadOnlyMemory<byte>));

    public async Task<object?[]> ReadAsync(ParquetFile file, int group, CancellationToken cancellationToken)
    {
        object?[][] options = new object?[_options.Length][];
        for (int i = 0; i < options.Length; i++)
        {
            options[i] = await _options[i].ReadAsync(file, group, cancellationToken).ConfigureAwait(false);
        }

        return [.. Enumerable.Range(0, file.RowCount(group)).Select(row => WithoutNullsAtEnd(options, row))];
    }

    private static object?[]? WithoutNullsAtEnd(object?[][] options, int row)
    {
        int count = Array.FindLastIndex(options, option => option[row] is not null) + 1;
        return count == 0 ? null : [.. options.Take(count).Select(option => option[row])];
    }
}
