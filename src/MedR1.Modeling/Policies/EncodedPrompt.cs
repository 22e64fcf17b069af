namespace MedR1.Modeling;

/// <summary>A prompt as a model takes it, on the host and without padding: batches pad, prompts don't.</summary>
/// <param name="TokenIds">The tokens; each picture's placeholder stands as often as the tower gives features for
/// it.</param>
/// <param name="Images">The pictures in the order of their placeholders.</param>
public sealed record EncodedPrompt(IReadOnlyList<int> TokenIds, IReadOnlyList<EncodedImage> Images)
{
    /// <summary>The prompt as text, placeholders not expanded; for messages and logs.</summary>
    public string Text { get; init; } = "";
}
