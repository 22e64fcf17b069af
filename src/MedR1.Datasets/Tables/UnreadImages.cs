namespace MedR1.Datasets;

/// <summary>
/// Finds unused columns that contain nothing but images: under an unusual name they would be read as text, and the model would be
/// asked about images that it does not see.
/// </summary>
internal sealed class UnreadImages
{
    private readonly Dictionary<string, string> _first = new(StringComparer.Ordinal);
    private readonly HashSet<string> _others = new(StringComparer.Ordinal);

    /// <summary>An unused column of images with its first image; null if there is none.</summary>
    public (string Column, string Image)? Found =>
        _first.Count == 0 ? null : _first.Select(pair => (pair.Key, pair.Value)).First();

    /// <summary>Inspects a row without a column of images.</summary>
    /// <param name="row">The row.</param>
    /// <param name="read">The columns of the row that are read as something other than images.</param>
    public void Look(TableRow row, ReadOnlySpan<string?> read)
    {
        foreach ((string column, object? cell) in row.Cells)
        {
            if (cell is null or "" || _others.Contains(column))
            {
                continue;
            }

            if (!read.Contains(column) && NameOf(cell) is string name)
            {
                _first.TryAdd(column, name);
                continue;
            }

            _first.Remove(column);
            _others.Add(column);
        }
    }

    private static string? NameOf(object cell) => cell switch
    {
        IImageSource image => image.Name,
        string text => RowCells.IsImageName(text) ? text : null,
        IReadOnlyList<object?> list => list.All(one => one is null || NameOf(one) is not null)
            ? list.OfType<object>().Select(NameOf).FirstOrDefault() : null,
        _ => null,
    };
}
