namespace MedR1.Losses;

/// <summary>The state of an adaptive entropy bonus between optimizer steps, as kept in a checkpoint.</summary>
/// <param name="Coefficient">The coefficient.</param>
/// <param name="LastEntropy">
/// The mean entropy, in nats, of the last step's tokens that the bonus acts on; null before the first step.
/// </param>
public sealed record AdaptiveEntropyState(double Coefficient, double? LastEntropy);
