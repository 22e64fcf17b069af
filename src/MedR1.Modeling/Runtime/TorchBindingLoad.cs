namespace MedR1.Modeling;

/// <summary>How TorchSharp's own native library came into the process.</summary>
public enum TorchBindingLoad
{
    /// <summary>From its file, unchanged.</summary>
    Direct,

    /// <summary>
    /// From a copy in memory in which the need for a newer libstdc++ is marked as optional, because the system's is
    /// older.
    /// </summary>
    Healed,

    /// <summary>It was in the process before <see cref="TorchRuntime"/> was asked.</summary>
    AlreadyLoaded,
}
