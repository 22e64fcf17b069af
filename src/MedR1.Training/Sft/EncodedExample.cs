using MedR1.Modeling;

namespace MedR1.Training;

/// <summary>
/// An encoded example: an answer after a prompt, or (without <paramref name="Completion"/>) a whole sequence.
/// </summary>
/// <param name="Prompt">The prompt, or the whole sequence.</param>
/// <param name="Completion">The tokens of the answer; null for a sequence.</param>
/// <param name="Weights">The weight of each token of the answer, or of the sequence from its second token on.</param>
internal sealed record EncodedExample(EncodedPrompt Prompt, IReadOnlyList<int>? Completion, float[] Weights)
{
    public int TokenCount => Prompt.TokenIds.Count + (Completion?.Count ?? 0);
}
