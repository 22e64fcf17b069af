namespace MedR1.Rewards;

/// <summary>A unit of measure.</summary>
/// <param name="Dimension">The dimension, named after its base unit, such as <c>mm</c> for lengths.</param>
/// <param name="Factor">How many base units it equals, above 0.</param>
public sealed record NumericUnit(string Dimension, double Factor);
