namespace MedR1.Modeling;

/// <summary>A prompt as a model takes it, on the host and without padding: batches pad, prompts don't.</summary>
/// <param name="TokenIds">
/// The tokens; each image's placeholder is repeated once for each feature that the tower gives for it.
/// </param>
/// <param name="Images">The images in the order of their placeholders.</param>
public sealed record EncodedPrompt(IReadOnlyList<int> TokenIds, IReadOnlyList<EncodedImage> Images)
{
    /// <summary>The prompt as text, placeholders not expanded; for messages and logs.</summary>
    public string Text { get; init; } = "";
}
