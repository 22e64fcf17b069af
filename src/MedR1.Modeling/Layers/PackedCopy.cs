using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>The packed copy that a layer may have of its weight.</summary>
internal sealed class PackedCopy : IDisposable
{
    private PackedWeight? _copy;
    private bool _isInUse;

    /// <summary>The copy while the layer computes with it.</summary>
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
