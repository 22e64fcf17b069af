namespace MedR1.Datasets;

/// <summary>How JSON Lines are read.</summary>
public sealed record JsonLinesOptions
{
    /// <summary>How rows become examples.</summary>
    /// <value>The default looks for the usual column names, and for images next to the file.</value>
    public TableOptions Table { get; init; } = new();

    /// <summary>The maximum number of bytes in a line. Lines are read one at a time, so this bounds the memory.</summary>
    /// <value>The default is 268,435,456 (256 MiB).</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1 or not below the maximum array length.</exception>
    public int MaxLineLength
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(value, Array.MaxLength);
            field = value;
        }
    } = 256 << 20;
}
