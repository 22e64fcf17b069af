using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>Which tokens occur in each row slot, prompt included: <c>[row slots + 1, V]</c>, where the last slot is spare.</summary>
internal sealed class RowHistories : IDisposable
{
    private readonly Tensor _seen_SV;

    public RowHistories(int rowSlots, int vocabularySize, Device device)
    {
        SpareSlot = rowSlots;
        _seen_SV = zeros(rowSlots + 1, vocabularySize, ScalarType.Bool, device).DetachFromDisposeScope();
    }

    /// <summary>A slot that belongs to no row.</summary>
    public int SpareSlot { get; }

    /// <summary>Resets a row to its prompt's tokens.</summary>
    public void Begin(int rowSlot, IReadOnlyList<int> promptTokens)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor row_V = _seen_SV.select(0, rowSlot);
        row_V.zero_();
        Tensor tokens = promptTokens.Select(token => (long)token).ToArray().ToDevice(row_V.device);
        row_V.scatter_(0, tokens, ones(tokens.shape, ScalarType.Bool, row_V.device));
    }

    /// <summary>The history of the given rows; the caller disposes it.</summary>
    /// <param name="slots_R">The rows' slots, int64.</param>
    public TokenHistory Of(Tensor slots_R) => TokenHistory.Over(_seen_SV.index_select(0, slots_R));

    /// <summary>Adds a token to each of the given rows.</summary>
    /// <param name="slots_R">The rows' slots, int64.</param>
    /// <param name="tokens_R">The tokens, int64; −1, for a row that failed and does not continue, addresses the last token.</param>
    public void Add(Tensor slots_R, Tensor tokens_R)
    {
        using Tensor yes = ones(tokens_R.shape, ScalarType.Bool, _seen_SV.device);
        _seen_SV.index_put_(yes, TensorIndex.Tensor(slots_R), TensorIndex.Tensor(tokens_R));
    }

    /// <inheritdoc/>
    public void Dispose() => _seen_SV.Dispose();
}
