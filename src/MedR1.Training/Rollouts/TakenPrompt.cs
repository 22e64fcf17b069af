using MedR1.Modeling;

namespace MedR1.Training;

/// <summary>A prompt that was taken from the data.</summary>
/// <param name="Index">Its place in the data.</param>
/// <param name="Prompt">The prompt, with the seed of its samples.</param>
/// <param name="Encoded">The same as the policy takes it.</param>
internal sealed record TakenPrompt(int Index, VqaPrompt Prompt, EncodedPrompt Encoded);
