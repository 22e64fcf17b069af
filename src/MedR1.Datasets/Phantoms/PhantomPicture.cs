namespace MedR1.Datasets;

/// <summary>A synthetic picture and what is true of it.</summary>
/// <param name="Family">What kind of picture it is.</param>
/// <param name="Image">The picture; its name says that it is a phantom and from which seed.</param>
/// <param name="Facts">What is true of it.</param>
public sealed record PhantomPicture(PhantomFamily Family, PixelImageSource Image, IReadOnlyList<PhantomFact> Facts)
{
    /// <summary>The modality of phantoms that imitate none of OmniMedVQA's.</summary>
    public static ImagingModality SyntheticModality { get; } = new("Synthetic Phantom");

    /// <summary>OCT or dermoscopy for the families after these, else <see cref="SyntheticModality"/>.</summary>
    public ImagingModality Modality => Family switch
    {
        PhantomFamily.OctLayers => ImagingModality.OCT,
        PhantomFamily.SkinLesion => ImagingModality.Dermoscopy,
        _ => SyntheticModality,
    };

    /// <summary>All answers in one line: <c>Layers. 4 layers. Flat surface.</c></summary>
    public string Caption => string.Join(' ', Facts.Select(fact => fact.Answer + "."));
}
