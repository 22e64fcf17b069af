using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// A deferred sum of a residual and a layer's output, which is given either complete or as partial sums over parts of the layer's
/// input.
/// </summary>
internal sealed class CudaPendingSum : IDisposable
{
    private readonly Tensor? _low;

    /// <summary>Creates a sum with a complete output, and takes ownership of that output.</summary>
    public CudaPendingSum(Tensor residual, Tensor added)
    {
        Residual = residual.alias();
        Added = added;
    }

    /// <summary>Creates a sum with partial sums, and takes ownership of them and of the adapter's down-projection.</summary>
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

    /// <summary>The arguments for completing the output from the partial sums.</summary>
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
