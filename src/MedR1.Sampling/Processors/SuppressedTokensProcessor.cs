using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>Takes tokens out for good.</summary>
public sealed class SuppressedTokensProcessor : ILogitsProcessor
{
    private readonly long[] _tokenIds;

    /// <summary>Makes a processor.</summary>
    /// <param name="tokenIds">The tokens that are never said.</param>
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
