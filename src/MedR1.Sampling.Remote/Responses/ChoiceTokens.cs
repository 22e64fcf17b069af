namespace MedR1.Sampling.Remote;

/// <summary>The tokens of a completion, as far as a server sends them.</summary>
/// <param name="Ids">Their ids; empty if unknown.</param>
/// <param name="LogProbabilities">Their natural-log probabilities; empty if not requested.</param>
/// <param name="AreSampled">Whether the server sent the ids; those of a re-encoded text may differ from the sampled ones.</param>
internal sealed record ChoiceTokens(IReadOnlyList<int> Ids, IReadOnlyList<float> LogProbabilities, bool AreSampled);
