using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>The output of a pass with gradient. The caller disposes it, after the backward pass if there is one.</summary>
/// <param name="Output">The output tensor; it carries the gradient.</param>
public sealed record PassOutput(Tensor Output) : IDisposable
{
    /// <summary>State that the backward pass needs in addition to the tensor; disposed together with it.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public IDisposable? BackwardState { get; init; }

    /// <summary>Moves the tensor to the dispose scope that encloses the current one.</summary>
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
