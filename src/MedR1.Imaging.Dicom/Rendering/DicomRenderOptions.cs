namespace MedR1.Imaging.Dicom;

/// <summary>How a frame is rendered as an image.</summary>
public sealed record DicomRenderOptions
{
    /// <summary>The defaults.</summary>
    public static DicomRenderOptions Default { get; } = new();

    /// <summary>Which frame, from 0.</summary>
    /// <value>The default is 0.</value>
    public int Frame { get; init; }

    /// <summary>
    /// The window for gray images; <see langword="null"/> uses the file's first window or VOI LUT. Without either, 8-bit values are
    /// shown unchanged and other values are scaled from the frame's minimum to its maximum.
    /// </summary>
    /// <value>The default is <see langword="null"/>.</value>
    public DicomWindow? Window { get; init; }
}
