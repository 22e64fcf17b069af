namespace MedR1.Imaging.Dicom;

/// <summary>How the pixels are packed.</summary>
internal enum PixelEncoding
{
    /// <summary>Not at all.</summary>
    Native,

    /// <summary>PackBits by bytes (PS3.5, annex G).</summary>
    RunLength,

    /// <summary>Baseline or extended JPEG.</summary>
    Jpeg,
}
