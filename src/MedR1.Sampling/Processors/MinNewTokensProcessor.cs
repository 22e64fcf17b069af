using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>Takes the end tokens out of rows that have said too few tokens.</summary>
public sealed class MinNewTokensProcessor : ILogitsProcessor
{
    private readonly int _minNewTokens;
    private readonly long[] _endTokenIds;

    /// <summary>Makes a processor.</summary>
    /// <param name="minNewTokens">The fewest tokens before an end token.</param>
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
        bool[] tooFew = [.. context.NewTokenCounts.Select(count => count < _minNewTokens)];
        if (_endTokenIds.Length == 0 || !tooFew.Contains(true))
        {
            return logits;
        }

        Tensor without = logits.FilledAt(1, tensor(_endTokenIds, device: logits.device), double.NegativeInfinity);
        return tooFew.Contains(false)
            ? where(tensor(tooFew, device: logits.device).unsqueeze(1), without, logits)
            : without;
    }
}
