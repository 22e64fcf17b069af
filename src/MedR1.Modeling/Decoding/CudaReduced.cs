using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>The adapters' down-projections of the input of up to three layers, <c>[rows, rank]</c> float32 each.</summary>
internal sealed class CudaReduced : IDisposable
{
    private readonly Tensor?[] _low = new Tensor?[3];

    public Tensor? Of(int layer) => _low[layer];

    public void Keep(int layer, Tensor low) => _low[layer] = low;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor? low in _low)
        {
            low?.Dispose();
        }
    }
}
