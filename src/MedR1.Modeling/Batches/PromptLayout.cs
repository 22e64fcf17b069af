namespace MedR1.Modeling;

/// <summary>
/// What batches need to know of a model family: its limits, the placeholders of images, and the positions of tokens. A text token advances
/// all axes of the position by one; an image's tokens have the positions that the family gives them.
/// </summary>
public sealed class PromptLayout
{
    private readonly HashSet<int> _placeholders;
    private readonly Func<EncodedImage, ImagePositions> _imagePositions;

    /// <summary>Creates a layout.</summary>
    /// <param name="vocabularySize">The number of logits; tokens are below it.</param>
    /// <param name="contextLength">The maximum number of tokens of a prompt and a completion together.</param>
    /// <param name="axes">The number of axes of a position: 1, or 3 for time, height and width.</param>
    /// <param name="placeholders">The tokens that stand for a feature of an image or clip.</param>
    /// <param name="imagePositions">
    /// Returns the positions of an image's tokens, one for each feature; called for each image of a batch, and for those of the first prompt
    /// again.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
    public PromptLayout(
        int vocabularySize, int contextLength, int axes, IReadOnlyList<int> placeholders,
        Func<EncodedImage, ImagePositions> imagePositions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabularySize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(contextLength, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(axes, 1);
        ArgumentNullException.ThrowIfNull(placeholders);
        ArgumentNullException.ThrowIfNull(imagePositions);
        VocabularySize = vocabularySize;
        ContextLength = contextLength;
        Axes = axes;
        _placeholders = [.. placeholders];
        _imagePositions = imagePositions;
    }

    /// <summary>The number of logits.</summary>
    public int VocabularySize { get; }

    /// <summary>The maximum number of tokens of a prompt and a completion together.</summary>
    public int ContextLength { get; }

    /// <summary>The number of axes of a position.</summary>
    public int Axes { get; }

    internal bool IsPlaceholder(int token) => _placeholders.Contains(token);

    internal ImagePositions PositionsOf(EncodedImage image)
    {
        ImagePositions positions = _imagePositions(image) ?? throw new InvalidOperationException(
            "The layout's function returned null for an image; return the positions of its tokens.");
        return positions.Axes.Count == Axes ? positions : throw new InvalidOperationException(
            $"The layout has {Axes} axes, but its image positions have {positions.Axes.Count}; give as many.");
    }
}
