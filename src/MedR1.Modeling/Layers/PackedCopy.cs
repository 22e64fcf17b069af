using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>An optional packed copy of a layer's weight.</summary>
internal sealed class PackedCopy : IDisposable
{
    private PackedWeight? _copy;
    private bool _isInUse;

    /// <summary>The copy while it is in use; otherwise <see langword="null"/>.</summary>
    public PackedWeight? InUse => _isInUse ? _copy : null;

    /// <inheritdoc cref="IPackable.BytesToPack"/>
    public long BytesToPack(Tensor weight) => _copy?.IsOf(weight) == true ? 0 : PackedWeight.BytesFor(weight);

    /// <inheritdoc cref="IPackable.Pack"/>
    public void Pack(Tensor weight)
    {
        if (_copy?.IsOf(weight) != true)
        {
            Dispose();
            _copy = PackedWeight.TryCreate(weight);
        }

        _isInUse = true;
    }

    /// <inheritdoc cref="IPackable.Unpack"/>
    public void Unpack(bool keep)
    {
        _isInUse = false;
        if (!keep || _copy?.IsFrozen != true)
        {
            Dispose();
        }
    }

    public void Dispose()
    {
        _copy?.Dispose();
        _copy = null;
        _isInUse = false;
    }
}
