namespace MedR1.Imaging;

/// <summary>How the pixels of a bitmap are stored, as its header numbers it.</summary>
internal enum BmpCompression : uint
{
    /// <summary>As they are.</summary>
    None,

    /// <summary>Runs of palette indices of eight bits.</summary>
    RunLength8,

    /// <summary>Runs of pairs of palette indices of four bits.</summary>
    RunLength4,

    /// <summary>As they are, with masks that tell where each colour lies.</summary>
    BitFields,
}
