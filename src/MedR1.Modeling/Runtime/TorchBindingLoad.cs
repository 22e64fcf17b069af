namespace MedR1.Modeling;

/// <summary>How TorchSharp's own native library was loaded into the process.</summary>
public enum TorchBindingLoad
{
    /// <summary>From its file, unchanged.</summary>
    Direct,

    /// <summary>
    /// From an in-memory copy in which the need for a newer libstdc++ is marked as optional, because the system's is older.
    /// </summary>
    Healed,

    /// <summary>It was in the process before <see cref="TorchRuntime"/> was called.</summary>
    AlreadyLoaded,
}
