namespace MedR1.Losses;

/// <summary>What a checkpoint keeps of an adaptive entropy bonus, taken between optimizer steps.</summary>
/// <param name="Coefficient">The coefficient.</param>
/// <param name="LastEntropy">
/// The mean entropy of the last step's tokens that the bonus acts on, in nats; null before the first step.
/// </param>
public sealed record AdaptiveEntropyState(double Coefficient, double? LastEntropy);
