namespace MedR1.Modeling;

/// <summary>A prompt as input to a model, in host memory and without padding; padding is added when prompts are batched.</summary>
/// <param name="TokenIds">
/// The tokens; each image's placeholder is repeated once per feature vector of the image. Must not be modified.
/// </param>
/// <param name="Images">The images in the order of their placeholders.</param>
public sealed record EncodedPrompt(IReadOnlyList<int> TokenIds, IReadOnlyList<EncodedImage> Images)
{
    /// <summary>The prompt as text, with one placeholder per image; for messages and logs.</summary>
    public string Text { get; init; } = "";
}
