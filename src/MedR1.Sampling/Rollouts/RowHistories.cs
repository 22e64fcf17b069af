using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>Which tokens occur in each row slot, prompt included; <c>[row slots, V]</c>.</summary>
internal sealed class RowHistories : IDisposable
{
    private readonly Tensor _seen_SV;

    public RowHistories(int rowSlots, int vocabularySize, Device device) =>
        _seen_SV = zeros(rowSlots, vocabularySize, ScalarType.Bool, device).DetachFromDisposeScope();

    /// <summary>Starts a row anew with its prompt's tokens.</summary>
    public void Begin(int rowSlot, IReadOnlyList<int> promptTokens)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor row_V = _seen_SV.select(0, rowSlot);
        row_V.zero_();
        Tensor tokens = tensor([.. promptTokens.Select(token => (long)token)], device: row_V.device);
        row_V.scatter_(0, tokens, ones(tokens.shape, ScalarType.Bool, row_V.device));
    }

    /// <summary>The history of some rows; the caller disposes it.</summary>
    public TokenHistory Of(IReadOnlyList<RolloutRow> rows)
    {
        using Tensor slots = SlotsOf(rows);
        return TokenHistory.Over(_seen_SV.index_select(0, slots));
    }

    /// <summary>Adds each row's newest token.</summary>
    public void Add(IReadOnlyList<RolloutRow> rows)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor tokens = tensor([.. rows.Select(row => (long)row.Tokens[^1])], device: _seen_SV.device);
        _seen_SV.index_put_(
            ones(tokens.shape, ScalarType.Bool, _seen_SV.device), TensorIndex.Tensor(SlotsOf(rows)),
            TensorIndex.Tensor(tokens));
    }

    /// <inheritdoc/>
    public void Dispose() => _seen_SV.Dispose();

    private Tensor SlotsOf(IReadOnlyList<RolloutRow> rows) =>
        tensor([.. rows.Select(row => (long)row.RowSlot)], device: _seen_SV.device);
}
