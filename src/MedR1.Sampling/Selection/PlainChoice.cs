using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>A choice whose operators are called one by one.</summary>
internal sealed class PlainChoice(TokenChooser chooser, RowHistories? histories) : IStepChoice
{
    private Tensor? _stacked;
    private int _rows;

    /// <inheritdoc/>
    public void Begin(IReadOnlyList<Tensor> logits, IReadOnlyList<ChoiceRow> rows)
    {
        Tensor logits_RV = logits.Count == 1 ? logits[0] : cat([.. logits], 0);
        Tensor? slots_R = histories is null
            ? null : tensor([.. rows.Select(row => (long)row.RowSlot)], device: logits_RV.device);
        Tensor? uniforms_R = chooser.IsRandom
            ? tensor([.. rows.Select(row => row.Uniform)], device: logits_RV.device) : null;
        using TokenHistory? history = histories?.Of(slots_R!);
        LogitsContext context = new([.. rows.Select(row => row.NewTokenCount)], history);
        ChosenTokens chosen = chooser.Choose(logits_RV, context, uniforms_R);
        histories?.Add(slots_R!, chosen.Tokens);
        _stacked?.Dispose();
        _stacked = chosen.Stacked().DetachFromDisposeScope();
        _rows = rows.Count;
    }

    /// <inheritdoc/>
    public ChosenToken[] Finish()
    {
        using Tensor onHost = (_stacked ?? throw new InvalidOperationException("No choice was begun.")).cpu();
        return ChosenToken.Read(onHost, _rows);
    }

    /// <inheritdoc/>
    public Tensor? NewestTokens() => null;

    /// <inheritdoc/>
    public void Dispose() => _stacked?.Dispose();
}
