using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>
/// A choice that calls its operators one by one; those over the vocabulary run once for rows that share their logits. R rows, H rows of
/// logits, V vocabulary.
/// </summary>
internal sealed class PlainChoice(TokenChooser chooser, RowHistories? histories) : IStepChoice
{
    private Tensor? _stacked;
    private int _rows;

    /// <inheritdoc/>
    public void Begin(IReadOnlyList<Tensor> logits, IReadOnlyList<ChoiceRow> rows)
    {
        Tensor logits_HV = logits.Count == 1 ? logits[0] : cat([.. logits], 0);
        Device device = logits_HV.device;
        ChoiceRow[] heads = [.. rows];
        Tensor? heads_R = null;
        if (logits_HV.shape[0] != rows.Count)
        {
            heads_R = tensor([.. rows.Select(row => (long)row.Logits)], device: device);
            if (chooser.SharesLogits)
            {
                heads = [.. rows.DistinctBy(row => row.Logits)];
            }
            else
            {
                logits_HV = logits_HV.index_select(0, heads_R);
                heads_R = null;
            }
        }

        // Rows that share their logits have generated the same tokens: the history of one is that of the others.
        using TokenHistory? history = histories?.Of(SlotsOf(heads, device));
        Tensor? uniforms_R = chooser.IsRandom ? tensor([.. rows.Select(row => row.Uniform)], device: device) : null;
        LogitsContext context = new([.. heads.Select(row => row.NewTokenCount)], history)
        {
            NewTokens = [.. heads.Select(row => row.NewTokens)],
            Prompts = [.. heads.Select(row => row.Prompt).OfType<VqaPrompt>()],
        };
        ChosenTokens chosen = chooser.Choose(logits_HV, context, uniforms_R, heads_R);
        histories?.Add(SlotsOf(rows, device), chosen.Tokens);
        _stacked?.Dispose();
        _stacked = chosen.Stacked().DetachFromDisposeScope();
        _rows = rows.Count;
    }

    /// <inheritdoc/>
    public ChosenToken[] Finish()
    {
        using Tensor onHost = (_stacked ?? throw new InvalidOperationException("No choice was started.")).cpu();
        return ChosenToken.Read(onHost, _rows);
    }

    /// <inheritdoc/>
    public Tensor? NewestTokens() => null;

    /// <inheritdoc/>
    public void Dispose() => _stacked?.Dispose();

    private static Tensor SlotsOf(IReadOnlyList<ChoiceRow> rows, Device device) =>
        tensor([.. rows.Select(row => (long)row.RowSlot)], device: device);
}
