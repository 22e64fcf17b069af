namespace MedR1.Samples.PretrainBase;

/// <summary>The size of a model. Heads of the language model have size 32 in every model.</summary>
internal sealed record BaseSize(
    string Name, int Width, int LayerCount, int KeyValueHeadCount, int VisionWidth, int VisionDepth)
{
    private const int HeadSize = 32;

    /// <summary>The quick start's base, 1.6 million weights.</summary>
    public static BaseSize Base { get; } = new("base", 128, 4, 2, 96, 3);

    /// <summary>The larger model of the cross-domain protocol, 3.2 million weights.</summary>
    public static BaseSize Larger { get; } = new("larger", 192, 4, 2, 128, 4);

    public static IReadOnlyList<BaseSize> All { get; } = [Base, Larger];

    public int HeadCount => Width / HeadSize;
}
