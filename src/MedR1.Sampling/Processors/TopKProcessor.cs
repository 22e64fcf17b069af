using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>Keeps the k largest logits and any others equal to the k-th.</summary>
public sealed class TopKProcessor : ILogitsProcessor
{
    private readonly int _kept;

    /// <summary>Creates a processor.</summary>
    /// <param name="topK">The number of tokens to keep; a number above the vocabulary size keeps all.</param>
    /// <param name="minTokensToKeep">The minimum number of tokens to keep.</param>
    public TopKProcessor(int topK, int minTokensToKeep = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(topK, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(minTokensToKeep, 1);
        _kept = Math.Max(topK, minTokensToKeep);
    }

    /// <inheritdoc/>
    public Tensor Process(Tensor logits, LogitsContext context)
    {
        int count = (int)Math.Min(_kept, logits.shape[1]);
        Tensor threshold = logits.topk(count, 1).values.narrow(1, count - 1, 1);
        return logits.FilledWhere(logits.lt(threshold), double.NegativeInfinity);
    }
}
