using MedR1.Modeling;

namespace MedR1.Samples.CustomLoop;

/// <summary>A prompt with what the model said to it and what that was worth; null where the reward did not apply.</summary>
internal sealed record ScoredSample(EncodedPrompt Prompt, CompletionGroup Group, double?[] Rewards);
