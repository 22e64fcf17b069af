namespace MedR1.Imaging;

/// <summary>How the pixels of a bitmap are stored, with the values used in its header.</summary>
internal enum BmpCompression : uint
{
    /// <summary>Uncompressed.</summary>
    None,

    /// <summary>Run-length encoded palette indices of eight bits.</summary>
    RunLength8,

    /// <summary>Run-length encoded pairs of palette indices of four bits.</summary>
    RunLength4,

    /// <summary>Uncompressed, with a bit mask for each color.</summary>
    BitFields,
}
