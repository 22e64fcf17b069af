using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>
/// Keeps tokens whose probability is at least a given fraction of the highest one (arXiv 2407.01082, section 3).
/// </summary>
public sealed class MinPProcessor : ILogitsProcessor
{
    private readonly double _minP;
    private readonly int _minTokensToKeep;

    /// <summary>Creates a processor.</summary>
    /// <param name="minP">The fraction, 0 to 1.</param>
    /// <param name="minTokensToKeep">The minimum number of tokens to keep.</param>
    public MinPProcessor(double minP, int minTokensToKeep = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(minP);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minP, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(minTokensToKeep, 1);
        _minP = minP;
        _minTokensToKeep = minTokensToKeep;
    }

    /// <inheritdoc/>
    public Tensor Process(Tensor logits, LogitsContext context)
    {
        Tensor probabilities = logits.softmax(1);
        Tensor goes = probabilities.lt(probabilities.amax([1], keepdim: true).Times(_minP));
        if (_minTokensToKeep > 1)
        {
            Tensor order = logits.sort(1, descending: true, stable: true).Indices;
            goes.scatter_(1, order.narrow(1, 0, Math.Min(_minTokensToKeep, logits.shape[1])), zeros_like(goes));
        }

        return logits.FilledWhere(goes, double.NegativeInfinity);
    }
}
