namespace MedR1;

/// <summary>The rewards of one completion.</summary>
/// <param name="Total">The weighted sum of the rewards that apply; <see langword="null"/> if none applies.</param>
/// <param name="ByReward">
/// Each reward's value before weighting, in the order of the rewards; <see langword="null"/> if the reward abstained.
/// </param>
public sealed record CompletionScore(double? Total, IReadOnlyList<double?> ByReward);
