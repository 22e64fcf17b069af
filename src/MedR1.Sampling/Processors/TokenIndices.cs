using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>Lists of token ids on a device, each copied there once.</summary>
internal sealed class TokenIndices(Device device) : IDisposable
{
    private readonly Dictionary<long[], Tensor> _brought = new(ReferenceEqualityComparer.Instance);

    /// <summary><c>[tokens]</c> int64; owned by this instance.</summary>
    public Tensor Of(long[] tokenIds)
    {
        if (!_brought.TryGetValue(tokenIds, out Tensor? index))
        {
            index = tensor(tokenIds, device: device).DetachFromDisposeScope();
            _brought.Add(tokenIds, index);
        }

        return index;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor index in _brought.Values)
        {
            index.Dispose();
        }

        _brought.Clear();
    }
}
