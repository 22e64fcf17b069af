using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>Changes the logits of a step before a token is chosen: it excludes tokens or shifts their weights.</summary>
/// <remarks>
/// It is stateless between steps. It is called without gradient inside a dispose scope that frees the tensors it creates; the
/// result for a row must depend on that row alone.
/// </remarks>
public interface ILogitsProcessor
{
    /// <summary>
    /// Whether it needs <see cref="LogitsContext.History"/>, which costs a byte for each row and token of the vocabulary.
    /// </summary>
    bool NeedsHistory => false;

    /// <summary>Returns the changed logits, or the given ones if nothing changes; never writes into them.</summary>
    /// <param name="logits"><c>[rows, V]</c> float32; −∞ marks an excluded token.</param>
    /// <param name="context">What the rows contain so far.</param>
    Tensor Process(Tensor logits, LogitsContext context);
}
