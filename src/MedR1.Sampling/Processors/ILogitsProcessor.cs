using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>
/// Changes the logits of a step before a token is chosen: it takes tokens out or shifts their weights.
/// </summary>
/// <remarks>
/// Keeps no state between steps. It is called without gradient inside a dispose scope that frees what it makes; what a
/// row becomes must depend on that row alone.
/// </remarks>
public interface ILogitsProcessor
{
    /// <summary>
    /// Whether <see cref="LogitsContext.History"/> must be there, which costs a byte for each row and token of the
    /// vocabulary.
    /// </summary>
    bool NeedsHistory => false;

    /// <summary>
    /// Gives the changed logits, or the ones that it was given where nothing changes; it never writes into them.
    /// </summary>
    /// <param name="logits"><c>[rows, V]</c> float32; −∞ stands for a token that is out.</param>
    /// <param name="context">What the rows hold so far.</param>
    Tensor Process(Tensor logits, LogitsContext context);
}
