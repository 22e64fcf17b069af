namespace MedR1.Modeling;

/// <summary>The positions of an image's tokens, counted from the position that a text token would have in place of the first.</summary>
public sealed class ImagePositions
{
    /// <summary>Creates positions.</summary>
    /// <param name="axes">
    /// The position of each token on each axis; as many tokens on each as the image has features.
    /// </param>
    /// <param name="advance">The position of the token after the image, on all axes.</param>
    /// <exception cref="ArgumentException">There is no axis, or the axes differ in length.</exception>
    public ImagePositions(IReadOnlyList<IReadOnlyList<int>> axes, int advance)
    {
        ArgumentNullException.ThrowIfNull(axes);
        if (axes.Count == 0 || axes.Any(axis => axis.Count != axes[0].Count))
        {
            throw new ArgumentException(
                $"Each axis needs a position for each token, but there are [{string.Join(", ", axes.Select(axis => axis.Count))}].",
                nameof(axes));
        }

        Axes = axes;
        Advance = advance;
    }

    /// <summary>The position of each token on each axis.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Axes { get; }

    /// <summary>The position of the token after the image, on all axes.</summary>
    public int Advance { get; }

    /// <summary>The number of tokens of the image.</summary>
    public int TokenCount => Axes[0].Count;

    /// <summary>Creates the positions of a family that numbers an image's tokens like those of a text, on one axis.</summary>
    /// <param name="tokens">The number of tokens of the image.</param>
    public static ImagePositions InOrder(int tokens) => new([[.. Enumerable.Range(0, tokens)]], tokens);
}
