namespace MedR1.Rewards;

/// <summary>A unit of measure.</summary>
/// <param name="Dimension">What it measures, named after the dimension's base unit, such as <c>mm</c>.</param>
/// <param name="Factor">How many base units it equals, above 0.</param>
public sealed record NumericUnit(string Dimension, double Factor);
