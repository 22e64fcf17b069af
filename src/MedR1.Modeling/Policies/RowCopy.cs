namespace MedR1.Modeling;

/// <summary>A row of a cache that another one becomes a copy of.</summary>
/// <param name="From">The row slot that is read.</param>
/// <param name="To">The row slot that is written.</param>
public readonly record struct RowCopy(int From, int To);
