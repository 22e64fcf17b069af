namespace MedR1.Modeling;

/// <summary>Copies one row of a cache over another.</summary>
/// <param name="From">The row slot to read.</param>
/// <param name="To">The row slot to write.</param>
public readonly record struct RowCopy(int From, int To);
