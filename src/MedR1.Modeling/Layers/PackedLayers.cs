namespace MedR1.Modeling;

/// <summary>Layers that compute with packed weights, from its creation until it is disposed.</summary>
public sealed class PackedLayers : IDisposable
{
    private readonly IPackable[] _layers;
    private readonly bool _keep;

    /// <summary>Packs layers.</summary>
    /// <param name="layers">The layers; their weights must not change before this is disposed.</param>
    /// <param name="keep">Whether copies of weights that take no gradient are kept for the next time.</param>
    public PackedLayers(IEnumerable<IPackable> layers, bool keep = false)
    {
        ArgumentNullException.ThrowIfNull(layers);
        _layers = [.. layers];
        _keep = keep;
        foreach (IPackable layer in _layers)
        {
            layer.Pack();
        }
    }

    /// <summary>
    /// Whether products in bfloat16 on the CPU with that many rows are faster with packed weights than with weights in their
    /// stored layout. The kernel for few rows, if the processor has its instructions, reads the latter at the speed of the
    /// memory.
    /// </summary>
    /// <param name="rows">Rows, at least 1.</param>
    public static bool ArePreferred(int rows) => rows >= PackedWeight.FewestRows;

    /// <summary>Packs layers if the host has the memory for their copies.</summary>
    /// <param name="layers">The layers; their weights must not change before the result is disposed.</param>
    /// <param name="keep">Whether copies of weights that take no gradient are kept for the next time.</param>
    /// <returns><see langword="null"/> if the copies would take more than four fifths of the free memory.</returns>
    public static PackedLayers? TryCreate(IEnumerable<IPackable> layers, bool keep = false)
    {
        ArgumentNullException.ThrowIfNull(layers);
        IPackable[] all = [.. layers];
        return all.Sum(layer => layer.BytesToPack) <= HostMemory.AvailableBytes() / 5 * 4
            ? new PackedLayers(all, keep) : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IPackable layer in _layers)
        {
            layer.Unpack(_keep);
        }
    }
}
