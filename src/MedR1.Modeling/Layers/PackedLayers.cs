namespace MedR1.Modeling;

/// <summary>Layers with packed weights, from its making until it is disposed.</summary>
public sealed class PackedLayers : IDisposable
{
    private readonly IPackable[] _layers;

    /// <summary>Packs layers.</summary>
    /// <param name="layers">The layers; their weights must not change before this is disposed.</param>
    public PackedLayers(IEnumerable<IPackable> layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        _layers = [.. layers];
        foreach (IPackable layer in _layers)
        {
            layer.Pack();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IPackable layer in _layers)
        {
            layer.Unpack();
        }
    }
}
