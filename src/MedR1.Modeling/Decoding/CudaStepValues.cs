using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>Values of a step on a GPU.</summary>
/// <param name="tensor"><c>[rows, width]</c></param>
/// <param name="isGiven">Whether it stays with whom it came from.</param>
internal sealed class CudaStepValues(Tensor tensor, bool isGiven = false) : StepValues((int)tensor.shape[1])
{
    public Tensor Tensor => tensor;

    /// <summary>What still has to be added up to make the values, which the next norm does on its way.</summary>
    public CudaPendingSum? Pending { get; private set; }

    public static CudaStepValues Of(CudaPendingSum sum) => new(empty_like(sum.Residual)) { Pending = sum };

    /// <summary>Says that the sum was made.</summary>
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
