using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>Excludes the end tokens from rows that have generated too few tokens.</summary>
public sealed class MinNewTokensProcessor : ILogitsProcessor
{
    private readonly int _minNewTokens;
    private readonly long[] _endTokenIds;

    /// <summary>Creates a processor.</summary>
    /// <param name="minNewTokens">The minimum number of tokens before an end token.</param>
    /// <param name="endTokenIds">The end tokens.</param>
    public MinNewTokensProcessor(int minNewTokens, IReadOnlyList<int> endTokenIds)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(minNewTokens);
        ArgumentNullException.ThrowIfNull(endTokenIds);
        _minNewTokens = minNewTokens;
        _endTokenIds = [.. endTokenIds.Select(id => (long)id)];
    }

    /// <inheritdoc/>
    public Tensor Process(Tensor logits, LogitsContext context)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(context);
        if (context.RecordedCounts is Tensor counts_R)
        {
            return Process(logits, counts_R, context);
        }

        bool[] tooFew = [.. context.NewTokenCounts.Select(count => count < _minNewTokens)];
        if (_endTokenIds.Length == 0 || !tooFew.Contains(true))
        {
            return logits;
        }

        Tensor without = logits.FilledAt(1, context.IndexOf(_endTokenIds, logits.device), double.NegativeInfinity);
        return tooFew.Contains(false)
            ? where(tensor(tooFew, device: logits.device).unsqueeze(1), without, logits)
            : without;
    }

    // The device decides whether a row has generated too few. R rows, E end tokens, V vocabulary.
    private Tensor Process(Tensor logits_RV, Tensor counts_R, LogitsContext context)
    {
        if (_endTokenIds.Length == 0)
        {
            return logits_RV;
        }

        Tensor ends_E = context.IndexOf(_endTokenIds, logits_RV.device);
        Tensor tooFew_R1 = counts_R.Below(_minNewTokens).unsqueeze(1);
        Tensor ends_RE = logits_RV.index_select(1, ends_E).FilledWhere(tooFew_R1, double.NegativeInfinity);
        return logits_RV.index_copy(1, ends_E, ends_RE);
    }
}
