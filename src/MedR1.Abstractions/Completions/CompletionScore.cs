namespace MedR1;

/// <summary>What the rewards gave one completion.</summary>
/// <param name="Total">The weighted sum of the rewards that apply; <see langword="null"/> if none applies.</param>
/// <param name="ByReward">
/// Each reward's own value before its weight, in the order of the rewards; <see langword="null"/> where it abstained.
/// </param>
public sealed record CompletionScore(double? Total, IReadOnlyList<double?> ByReward);
