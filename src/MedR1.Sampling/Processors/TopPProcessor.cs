using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>
/// Keeps the nucleus: the most likely tokens that together reach a probability (arXiv 1904.09751, section 3.1). In ascending
/// order, a token is dropped while the sum up to and including it is at most 1 − p; among equal logits at the boundary, those
/// with the larger ids are kept.
/// </summary>
public sealed class TopPProcessor : ILogitsProcessor
{
    private readonly double _topP;
    private readonly int _minTokensToKeep;

    /// <summary>Creates a processor.</summary>
    /// <param name="topP">The probability, 0 to 1; 0 keeps the minimum.</param>
    /// <param name="minTokensToKeep">The minimum number of tokens to keep.</param>
    public TopPProcessor(double topP, int minTokensToKeep = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(topP);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(topP, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(minTokensToKeep, 1);
        _topP = topP;
        _minTokensToKeep = minTokensToKeep;
    }

    /// <inheritdoc/>
    public Tensor Process(Tensor logits, LogitsContext context)
    {
        (Tensor ascending, Tensor order) = logits.sort(1, descending: false, stable: true);
        Tensor goes = ascending.softmax(1).cumsum(1).AtMost(1 - _topP);
        long kept = Math.Min(_minTokensToKeep, logits.shape[1]);
        goes.narrow(1, logits.shape[1] - kept, kept).FillInPlace(0);
        return logits.FilledWhere(zeros_like(goes).scatter_(1, order, goes), double.NegativeInfinity);
    }
}
