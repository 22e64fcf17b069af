namespace MedR1.Modeling;

/// <summary>Makes layers compute with packed weights until it is disposed.</summary>
public sealed class PackedLayers : IDisposable
{
    private readonly IPackable[] _layers;
    private readonly bool _keep;

    /// <summary>Packs layers.</summary>
    /// <param name="layers">The layers; their weights must not change before this object is disposed.</param>
    /// <param name="keep">Whether to keep the copies of frozen weights for reuse.</param>
    public PackedLayers(IEnumerable<IPackable> layers, bool keep = false)
    {
        ArgumentNullException.ThrowIfNull(layers);
        _layers = [.. layers];
        _keep = keep;
        try
        {
            foreach (IPackable layer in _layers)
            {
                layer.Pack();
            }
        }
        catch
        {
            // Otherwise the layers packed so far would use their copies for good, whatever happens to their weights.
            Dispose();
            throw;
        }
    }

    /// <summary>
    /// Whether bfloat16 products on the CPU with the given number of rows are faster with packed weights than with weights in their
    /// stored layout, which the kernel for few rows, if the processor supports it, reads at memory bandwidth.
    /// </summary>
    /// <param name="rows">The number of rows, at least 1.</param>
    public static bool ArePreferred(int rows) => rows >= PackedWeight.FewestRows;

    /// <summary>Packs layers if the host has enough memory for the copies.</summary>
    /// <param name="layers">The layers; their weights must not change before the result is disposed.</param>
    /// <param name="keep">Whether to keep the copies of frozen weights for reuse.</param>
    /// <returns><see langword="null"/> if the copies would take more than four fifths of the available memory.</returns>
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
