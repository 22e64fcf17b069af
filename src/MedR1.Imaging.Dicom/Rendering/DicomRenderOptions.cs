namespace MedR1.Imaging.Dicom;

/// <summary>How a frame becomes a picture.</summary>
public sealed record DicomRenderOptions
{
    /// <summary>The defaults.</summary>
    public static DicomRenderOptions Default { get; } = new();

    /// <summary>Which frame, from 0.</summary>
    /// <value>The default is 0.</value>
    public int Frame { get; init; }

    /// <summary>
    /// The window for grey pictures; <see langword="null"/> takes the file's first, else shows 8-bit values as they are
    /// and spreads others from the frame's smallest to its largest.
    /// </summary>
    /// <value>The default is <see langword="null"/>.</value>
    public DicomWindow? Window { get; init; }
}
