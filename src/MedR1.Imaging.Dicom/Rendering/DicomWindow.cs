namespace MedR1.Imaging.Dicom;

/// <summary>
/// The range of an image's values that is displayed from black to white, in units after rescaling (PS3.3, C.11.2).
/// </summary>
/// <param name="Center">The centre of the window.</param>
/// <param name="Width">The number of values in the window, at least 1.</param>
public readonly record struct DicomWindow(double Center, double Width)
{
    /// <summary>Soft tissue in a CT, in Hounsfield units.</summary>
    public static DicomWindow SoftTissue { get; } = new(40, 400);

    /// <summary>Lungs in a CT, in Hounsfield units.</summary>
    public static DicomWindow Lung { get; } = new(-600, 1500);

    /// <summary>Bones in a CT, in Hounsfield units.</summary>
    public static DicomWindow Bone { get; } = new(400, 1800);

    /// <summary>The brain in a CT, in Hounsfield units.</summary>
    public static DicomWindow Brain { get; } = new(40, 80);
}
