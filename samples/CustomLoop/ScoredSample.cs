using MedR1.Modeling;

namespace MedR1.Samples.CustomLoop;

/// <summary>A prompt with the model's completions and their rewards; null if the reward did not apply.</summary>
internal sealed record ScoredSample(EncodedPrompt Prompt, CompletionGroup Group, double?[] Rewards);
