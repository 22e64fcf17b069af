namespace MedR1.Datasets;

/// <summary>How JSON Lines are read.</summary>
public sealed record JsonLinesOptions
{
    /// <summary>How rows become examples.</summary>
    /// <value>The default looks for the usual names of columns, and for pictures beside the file.</value>
    public TableOptions Table { get; init; } = new();

    /// <summary>The most bytes of a line; more than one line is never in memory.</summary>
    /// <value>The default is 268,435,456 (256 MiB).</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1 or not below the longest array.</exception>
    public int LongestLine
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
