namespace MedR1.Sampling;

/// <summary>A token of one completion as it comes.</summary>
/// <param name="TokenId">The token.</param>
/// <param name="Text">
/// The characters that it completes, control tokens left out; often none, or more than one token's.
/// </param>
/// <param name="LogProbability">Its natural-log probability as in <see cref="Completion.LogProbabilities"/>.</param>
/// <param name="StopReason">Why the completion ends with it; null if it goes on.</param>
public sealed record SampledToken(int TokenId, string Text, float LogProbability, StopReason? StopReason);
