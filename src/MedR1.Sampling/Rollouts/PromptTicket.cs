using MedR1.Modeling;

namespace MedR1.Sampling;

/// <summary>A prompt that the sampler processes.</summary>
/// <param name="Index">The prompt's index in the call.</param>
/// <param name="Prompt">The prompt.</param>
/// <param name="Encoded">The encoded prompt.</param>
/// <param name="Seed">The seed of the prompt's random choices.</param>
/// <param name="TokenLimit">The maximum number of tokens of each completion.</param>
/// <param name="LimitReason">The stop reason of a completion that reaches the limit.</param>
internal sealed record PromptTicket(
    int Index, VqaPrompt Prompt, EncodedPrompt Encoded, long Seed, int TokenLimit, StopReason LimitReason);
