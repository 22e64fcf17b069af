using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>What a pass with gradient gives. The caller disposes it, after the backward pass or in place of one.</summary>
/// <param name="Output">The numbers; they carry the gradient.</param>
public sealed record PassOutput(Tensor Output) : IDisposable
{
    /// <summary>What the backward pass needs beside the tensor; disposed with this.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public IDisposable? BackwardState { get; init; }

    /// <summary>Hands the tensor to the dispose scope outside of the current one.</summary>
    public PassOutput MoveToOuterDisposeScope()
    {
        Output.MoveToOuterDisposeScope();
        return this;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Output.Dispose();
        BackwardState?.Dispose();
    }
}
