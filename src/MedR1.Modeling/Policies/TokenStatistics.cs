using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Statistics of each completion token. Rows are the completions of the first group, then of the second, …, or whole sequences;
/// columns are tokens, padded on the right to the longest row. The caller disposes it, after the backward pass.
/// </summary>
/// <param name="LogProbabilities"><c>[rows, T]</c> float32 natural logs, 0 at padding; carries the gradient.</param>
/// <param name="Mask"><c>[rows, T]</c> bool, true at tokens.</param>
/// <param name="Entropies"><c>[rows, T]</c> float32 in nats, 0 at padding; null unless requested.</param>
public sealed record TokenStatistics(Tensor LogProbabilities, Tensor Mask, Tensor? Entropies) : IDisposable
{
    /// <summary>State that the backward pass needs in addition to the tensors; disposed together with them.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public IDisposable? BackwardState { get; init; }

    /// <summary>Moves the tensors to the dispose scope that encloses the current one.</summary>
    public TokenStatistics MoveToOuterDisposeScope()
    {
        LogProbabilities.MoveToOuterDisposeScope();
        Mask.MoveToOuterDisposeScope();
        Entropies?.MoveToOuterDisposeScope();
        return this;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        LogProbabilities.Dispose();
        Mask.Dispose();
        Entropies?.Dispose();
        BackwardState?.Dispose();
    }
}
