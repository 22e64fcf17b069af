using MedR1.Modeling;

namespace MedR1.Sampling;

/// <summary>A prompt on its way through the sampler.</summary>
/// <param name="Index">Its place in the call.</param>
/// <param name="Prompt">The prompt.</param>
/// <param name="Encoded">The prompt as the model takes it.</param>
/// <param name="Seed">Where its random choices start.</param>
/// <param name="TokenLimit">The most tokens that its completions may have.</param>
/// <param name="LimitReason">What it means to reach the limit.</param>
internal sealed record PromptTicket(
    int Index, VqaPrompt Prompt, EncodedPrompt Encoded, long Seed, int TokenLimit, StopReason LimitReason);
