using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>
/// Divides the positive and multiplies the negative logits of every token that the row contains, once each (arXiv 1909.05858,
/// section 4.1, in the form of transformers).
/// </summary>
public sealed class RepetitionPenaltyProcessor : ILogitsProcessor
{
    private readonly double _penalty;

    /// <summary>Creates a processor.</summary>
    /// <param name="penalty">Above 1 for fewer repetitions, below 1 for more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The penalty isn't positive.</exception>
    public RepetitionPenaltyProcessor(double penalty)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(penalty);
        _penalty = penalty;
    }

    /// <inheritdoc/>
    public bool NeedsHistory => true;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The context has no history.</exception>
    public Tensor Process(Tensor logits, LogitsContext context)
    {
        TokenHistory history = context.History
            ?? throw new ArgumentException(
                "The repetition penalty needs the history of the rows, but the context has none.", nameof(context));
        Tensor punished = where(logits.Below(0), logits.Times(_penalty), logits.DividedBy(_penalty));
        return where(history.Seen, punished, logits);
    }
}
