namespace MedR1;

/// <summary>How a medical image was acquired: an open set of names, with the eight of OmniMedVQA as members.</summary>
/// <param name="Value">The data set's exact string, including its misspellings (arXiv 2402.09181).</param>
public readonly record struct ImagingModality(string Value)
{
    /// <summary>Computed tomography.</summary>
    public static ImagingModality CT { get; } = new("CT(Computed Tomography)");

    /// <summary>Magnetic resonance imaging.</summary>
    public static ImagingModality MRI { get; } = new("MR (Mag-netic Resonance Imaging)");

    /// <summary>Projection radiography.</summary>
    public static ImagingModality XRay { get; } = new("X-Ray");

    /// <summary>Ultrasound.</summary>
    public static ImagingModality Ultrasound { get; } = new("ultrasound");

    /// <summary>Dermoscopy.</summary>
    public static ImagingModality Dermoscopy { get; } = new("Dermoscopy");

    /// <summary>Fundus photography of the eye.</summary>
    public static ImagingModality Fundus { get; } = new("Fundus Photography");

    /// <summary>Optical coherence tomography; the data set's string lacks the closing parenthesis.</summary>
    public static ImagingModality OCT { get; } = new("OCT (Optical Coherence Tomography");

    /// <summary>Microscopy.</summary>
    public static ImagingModality Microscopy { get; } = new("Microscopy Images");

    /// <summary>The eight modalities of OmniMedVQA's open-access part.</summary>
    public static IReadOnlyList<ImagingModality> Known { get; } =
        [CT, MRI, XRay, Ultrasound, Dermoscopy, Fundus, OCT, Microscopy];

    /// <inheritdoc/>
    public override string ToString() => Value;
}
