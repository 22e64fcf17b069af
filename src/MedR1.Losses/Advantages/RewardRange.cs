namespace MedR1.Losses;

/// <summary>A range that rewards are clamped to.</summary>
/// <param name="Minimum">The smallest value.</param>
/// <param name="Maximum">The largest value.</param>
public sealed record RewardRange(double Minimum, double Maximum);
