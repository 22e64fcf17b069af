namespace MedR1.Modeling;

/// <summary>How TorchSharp's own native library was loaded into the process.</summary>
public enum TorchBindingLoad
{
    /// <summary>From its file, unchanged.</summary>
    Direct,

    /// <summary>
    /// From an in-memory copy in which the requirement of a newer libstdc++ than the system's is marked as optional.
    /// </summary>
    Patched,

    /// <summary>Already loaded before <see cref="TorchRuntime"/> was called.</summary>
    AlreadyLoaded,
}
