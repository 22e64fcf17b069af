namespace MedR1.Datasets;

/// <summary>
/// Draws synthetic images whose facts are all known. The same family, seed and size give the same bytes on every machine: all
/// drawing uses integers.
/// </summary>
public static class PhantomGenerator
{
    /// <summary>The smallest side at which all facts can still be seen.</summary>
    public const int MinImageSize = 28;

    /// <summary>The name of the fact that states a phantom's kind.</summary>
    internal const string KindFact = "phantom_kind";

    private const int MaxImageSize = 2048;

    private static readonly PhantomPainter[] s_painters =
    [
        new OctLayersPainter(), new SkinLesionPainter(), new HeadSlicePainter(), new DiscsPainter(),
        new StripesPainter(), new CellsPainter(), new RoundFieldPainter(),
    ];

    private static readonly string[] s_kindQuestions =
        ["What kind of phantom is this?", "Which phantom does this picture show?"];

    /// <summary>All families.</summary>
    public static IReadOnlyList<PhantomFamily> Families { get; } = [.. s_painters.Select(painter => painter.Family)];

    /// <summary>Draws an image.</summary>
    /// <param name="family">What kind of image.</param>
    /// <param name="seed">The seed of the random choices.</param>
    /// <param name="imageSize">Width and height in pixels, 28 to 2048.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such family, or the size is out of range.</exception>
    public static PhantomImage Create(PhantomFamily family, long seed, int imageSize = 112)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(imageSize, MinImageSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(imageSize, MaxImageSize);
        PhantomPainter painter = Array.Find(s_painters, candidate => candidate.Family == family)
            ?? throw new ArgumentOutOfRangeException(
                nameof(family), family, $"Unknown family. Known: {string.Join(", ", Families)}.");
        DeterministicRandom random = DeterministicRandom.For(seed, (int)family);
        PhantomCanvas canvas = new(imageSize);
        PhantomFact kind = new(
            KindFact, s_kindQuestions, painter.Kind, [.. s_painters.Select(other => other.Kind)],
            QuestionType.ModalityRecognition);
        List<PhantomFact> facts = [kind];
        facts.AddRange(painter.Paint(canvas, random));
        canvas.AddNoise(random);
        return new PhantomImage(
            family, new PixelImageSource($"phantom/{family}/{seed}/{imageSize}", canvas.ToImage()), facts);
    }
}
