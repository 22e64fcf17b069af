namespace MedR1.Datasets;

/// <summary>A synthetic image and its facts.</summary>
/// <param name="Family">What kind of image it is.</param>
/// <param name="Image">The image; its name says that it is a phantom and gives its seed.</param>
/// <param name="Facts">The facts that are true of the image.</param>
public sealed record PhantomImage(PhantomFamily Family, PixelImageSource Image, IReadOnlyList<PhantomFact> Facts)
{
    /// <summary>The modality of phantoms that imitate no modality of OmniMedVQA.</summary>
    public static ImagingModality SyntheticModality { get; } = new("Synthetic Phantom");

    /// <summary>OCT or dermoscopy for the families modelled on them, else <see cref="SyntheticModality"/>.</summary>
    public ImagingModality Modality => Family switch
    {
        PhantomFamily.OctLayers => ImagingModality.OCT,
        PhantomFamily.SkinLesion => ImagingModality.Dermoscopy,
        _ => SyntheticModality,
    };

    /// <summary>All answers on one line: <c>Layers. 4 layers. Flat surface.</c></summary>
    public string Caption => string.Join(' ', Facts.Select(fact => fact.Answer + "."));
}
