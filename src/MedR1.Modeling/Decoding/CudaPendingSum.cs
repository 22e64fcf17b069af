using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>A layer's output that a residual is waiting for: whole, or as sums over parts of its input.</summary>
internal sealed class CudaPendingSum : IDisposable
{
    private readonly Tensor? _low;

    /// <summary>Of a layer's output, which this disposes.</summary>
    public CudaPendingSum(Tensor residual, Tensor added)
    {
        Residual = residual.alias();
        Added = added;
    }

    /// <summary>Of sums, which this disposes with what an adapter needs.</summary>
    public CudaPendingSum(Tensor residual, Tensor partial, CudaStepArguments.Layer layer, Tensor? low)
    {
        Residual = residual.alias();
        Partial = partial;
        Layer = layer;
        _low = low;
    }

    /// <summary><c>[rows, width]</c></summary>
    public Tensor Residual { get; }

    /// <summary><c>[rows, width]</c></summary>
    public Tensor? Added { get; }

    /// <summary><c>[parts, rows, width]</c> float32.</summary>
    public Tensor? Partial { get; }

    /// <summary>What makes the output of the sums.</summary>
    public CudaStepArguments.Layer Layer { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Residual.Dispose();
        Added?.Dispose();
        Partial?.Dispose();
        _low?.Dispose();
    }
}
