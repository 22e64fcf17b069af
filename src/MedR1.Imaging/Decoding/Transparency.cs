namespace MedR1.Imaging;

/// <summary>How transparent pixels are handled, since a model sees only red, green and blue.</summary>
public enum Transparency
{
    /// <summary>Composite the image over white, as transformers 5 does (Pillow's <c>alpha_composite</c>, byte for byte).</summary>
    CompositeOverWhite,

    /// <summary>
    /// Drop alpha and keep the colors under it, as transformers 4 and Pillow's <c>convert("RGB")</c> do.
    /// </summary>
    Drop,
}
