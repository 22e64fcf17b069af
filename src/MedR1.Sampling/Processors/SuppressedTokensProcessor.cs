using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>Excludes given tokens from every row.</summary>
public sealed class SuppressedTokensProcessor : ILogitsProcessor
{
    private readonly long[] _tokenIds;

    /// <summary>Creates a processor.</summary>
    /// <param name="tokenIds">The tokens that are never generated.</param>
    public SuppressedTokensProcessor(IReadOnlyList<int> tokenIds)
    {
        ArgumentNullException.ThrowIfNull(tokenIds);
        _tokenIds = [.. tokenIds.Distinct().Select(id => (long)id)];
    }

    /// <inheritdoc/>
    public Tensor Process(Tensor logits, LogitsContext context)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(context);
        return _tokenIds.Length == 0
            ? logits
            : logits.FilledAt(1, context.IndexOf(_tokenIds, logits.device), double.NegativeInfinity);
    }
}
