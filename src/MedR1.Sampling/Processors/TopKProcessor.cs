using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>Keeps the k largest logits and every other that equals the k-th.</summary>
public sealed class TopKProcessor : ILogitsProcessor
{
    private readonly int _kept;

    /// <summary>Makes a processor.</summary>
    /// <param name="topK">How many stay; more than the vocabulary keeps all.</param>
    /// <param name="minTokensToKeep">The fewest that stay.</param>
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
