using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>Values of a step on a GPU.</summary>
/// <param name="tensor"><c>[rows, width]</c></param>
/// <param name="isGiven">Whether the caller keeps ownership of the tensor.</param>
internal sealed class CudaStepValues(Tensor tensor, bool isGiven = false) : StepValues((int)tensor.shape[1])
{
    public Tensor Tensor => tensor;

    /// <summary>The deferred sum that produces the values; the next normalisation computes it in the same kernel.</summary>
    public CudaPendingSum? Pending { get; private set; }

    public static CudaStepValues Of(CudaPendingSum sum) => new(empty_like(sum.Residual)) { Pending = sum };

    /// <summary>Marks the deferred sum as computed.</summary>
    public void Settle()
    {
        Pending?.Dispose();
        Pending = null;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        Settle();
        if (!isGiven)
        {
            tensor.Dispose();
        }
    }
}
