using MedR1.Modeling;

namespace MedR1.Training;

/// <summary>A prompt that was taken from the data.</summary>
/// <param name="Index">The prompt's index in the data.</param>
/// <param name="Prompt">The prompt, with the seed of its samples.</param>
/// <param name="Encoded">The encoded prompt.</param>
internal sealed record TakenPrompt(int Index, VqaPrompt Prompt, EncodedPrompt Encoded);
