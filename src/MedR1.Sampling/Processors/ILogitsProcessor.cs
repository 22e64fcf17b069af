using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>Changes the logits of a step before a token is chosen: it excludes tokens or shifts their weights.</summary>
/// <remarks>
/// Implementations are stateless between steps. They are called without gradients inside a dispose scope that frees the tensors they
/// create; the result for a row must depend on that row alone.
/// </remarks>
public interface ILogitsProcessor
{
    /// <summary>
    /// Whether the processor needs <see cref="LogitsContext.History"/>, which costs a byte for each row and token of the vocabulary.
    /// </summary>
    bool NeedsHistory => false;

    /// <summary>Returns the changed logits, or the given ones if nothing changes; never modifies the given ones.</summary>
    /// <param name="logits"><c>[rows, V]</c> float32; −∞ marks an excluded token.</param>
    /// <param name="context">The state of the rows.</param>
    Tensor Process(Tensor logits, LogitsContext context);
}
