namespace MedR1.Rewards;

/// <summary>A number in the base unit of its dimension.</summary>
/// <param name="Value">The number, already multiplied by the factor.</param>
/// <param name="Dimension">The dimension; empty for a bare number.</param>
/// <param name="Factor">The factor of the unit in which the number was written.</param>
internal readonly record struct Quantity(double Value, string Dimension, double Factor);
