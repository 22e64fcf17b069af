namespace MedR1.Imaging;

/// <summary>What becomes of transparent pixels, since a model sees red, green and blue only.</summary>
public enum Transparency
{
    /// <summary>
    /// Lay the picture over white, as transformers 5 does (Pillow's <c>alpha_composite</c>, byte for byte).
    /// </summary>
    CompositeOverWhite,

    /// <summary>
    /// Drop alpha and keep the colours under it, as transformers 4 and Pillow's <c>convert("RGB")</c> do.
    /// </summary>
    Drop,
}
