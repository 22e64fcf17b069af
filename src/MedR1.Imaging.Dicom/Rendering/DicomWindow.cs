namespace MedR1.Imaging.Dicom;

/// <summary>Which values of a picture are shown from black to white, in the units after rescaling (PS3.3, C.11.2).</summary>
/// <param name="Center">The middle.</param>
/// <param name="Width">How many values: at least 1.</param>
public readonly record struct DicomWindow(double Center, double Width)
{
    /// <summary>Soft tissue of a CT, in Hounsfield units.</summary>
    public static DicomWindow SoftTissue { get; } = new(40, 400);

    /// <summary>Lungs of a CT, in Hounsfield units.</summary>
    public static DicomWindow Lung { get; } = new(-600, 1500);

    /// <summary>Bones of a CT, in Hounsfield units.</summary>
    public static DicomWindow Bone { get; } = new(400, 1800);

    /// <summary>The brain in a CT, in Hounsfield units.</summary>
    public static DicomWindow Brain { get; } = new(40, 80);
}
