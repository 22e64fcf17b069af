namespace MedR1.Sampling.Remote;

/// <summary>The tokens of a completion as far as a server sends them.</summary>
/// <param name="Ids">Their ids; empty if they aren't known.</param>
/// <param name="LogProbabilities">Their natural-log probabilities; empty if they weren't asked for.</param>
internal sealed record ChoiceTokens(IReadOnlyList<int> Ids, IReadOnlyList<float> LogProbabilities);
