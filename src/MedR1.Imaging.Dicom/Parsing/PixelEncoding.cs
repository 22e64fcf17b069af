namespace MedR1.Imaging.Dicom;

/// <summary>How the pixels are encoded.</summary>
internal enum PixelEncoding
{
    /// <summary>Uncompressed.</summary>
    Native,

    /// <summary>PackBits, byte-wise (PS3.5, annex G).</summary>
    RunLength,

    /// <summary>Baseline or extended JPEG.</summary>
    Jpeg,
}
