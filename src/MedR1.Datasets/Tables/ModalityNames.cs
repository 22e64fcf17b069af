namespace MedR1.Datasets;

/// <summary>Maps the modality names of other data sets to OmniMedVQA's modalities.</summary>
internal static class ModalityNames
{
    private static readonly Dictionary<string, ImagingModality> s_names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["CT"] = ImagingModality.CT,
        ["Computed Tomography"] = ImagingModality.CT,
        ["MR"] = ImagingModality.MRI,
        ["MRI"] = ImagingModality.MRI,
        ["Magnetic Resonance Imaging"] = ImagingModality.MRI,
        ["XRay"] = ImagingModality.XRay,
        ["X Ray"] = ImagingModality.XRay,
        ["US"] = ImagingModality.Ultrasound,
        ["Fundus"] = ImagingModality.Fundus,
        ["OCT"] = ImagingModality.OCT,
        ["Optical Coherence Tomography"] = ImagingModality.OCT,
        ["Microscopy"] = ImagingModality.Microscopy,
    };

    /// <summary>The known modality of that name regardless of case, else a modality with exactly that name.</summary>
    public static ImagingModality Find(string name) => FindKnown(name) ?? new ImagingModality(name);

    /// <summary>The known modality of that name regardless of case; null if there is none.</summary>
    public static ImagingModality? FindKnown(string name)
    {
        foreach (ImagingModality known in ImagingModality.Known)
        {
            if (string.Equals(known.Value, name, StringComparison.OrdinalIgnoreCase))
            {
                return known;
            }
        }

        return s_names.TryGetValue(name, out ImagingModality found) ? found : null;
    }
}
