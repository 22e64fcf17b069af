namespace MedR1.Sampling;

/// <summary>A token of one completion, as it is streamed.</summary>
/// <param name="TokenId">The token.</param>
/// <param name="Text">
/// The characters that the token completes, without control tokens; often none, sometimes those of several tokens.
/// </param>
/// <param name="LogProbability">The token's natural-log probability, as in <see cref="Completion.LogProbabilities"/>.</param>
/// <param name="StopReason">Why the completion ends with this token; null if it continues.</param>
public sealed record SampledToken(int TokenId, string Text, float LogProbability, StopReason? StopReason);
