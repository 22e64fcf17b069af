using MedR1.Modeling;

using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>
/// Draws a token for each row in two parts: the device chooses the tokens, then the host receives them. In between, the device may be given
/// the rows' next step. R rows, H of them with their own logits, V vocabulary.
/// </summary>
internal sealed class RowSpeech(IVisionLanguagePolicy policy, bool isRandom)
{
    private RolloutRow[] _said = [];
    private Tensor? _ahead_RV;

    /// <summary>Whether the device has chosen tokens that the host has not received.</summary>
    public bool IsUnheard { get; private set; }

    /// <summary>
    /// Feeds the tokens that the host has not received, unless a row is at its limit; the rows share nothing. A row that turns out to have
    /// ended was fed in vain: nothing reads its slot.
    /// </summary>
    public void DecodeAhead(SlotPool slots)
    {
        if (Array.TrueForAll(_said, row => row.HasRoomBehindNext))
        {
            _ahead_RV = policy.Decode(
                slots.Choice.NewestTokens()!, [.. _said.Select(row => row.PlaceOfNext)], slots.Cache);
        }
    }

    /// <summary>Feeds the newest tokens of the rows that continue, unless <see cref="DecodeAhead"/> did so in this step.</summary>
    /// <returns><c>[H, V]</c> logits; rows with the same tokens so far are computed once.</returns>
    public Tensor Decode(IReadOnlyList<RolloutRow> rows, SlotPool slots)
    {
        if (_ahead_RV is Tensor ahead_RV)
        {
            return WithoutEnded(ahead_RV);
        }

        SharedPrefixes prefixes = SharedPrefixes.Of(rows);
        Tensor? onDevice = prefixes.Heads.SequenceEqual(_said) ? slots.Choice.NewestTokens() : null;
        Tensor tokens_H = onDevice
            ?? prefixes.Heads.Select(row => (long)row.Tokens[^1]).ToArray().ToDevice(policy.Device);
        return policy.Decode(tokens_H, [.. prefixes.Heads.Select(row => row.Place)], slots.Cache);
    }

    /// <summary>Starts the device's choice of a token for each row.</summary>
    /// <param name="logits"><c>[_, V]</c> each; concatenated, one row for each of the rows that share with none before them.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="slots">The rows' slots.</param>
    public void Say(IReadOnlyList<Tensor> logits, IReadOnlyList<RolloutRow> rows, SlotPool slots)
    {
        slots.Choice.Begin(
            logits, [.. rows.Zip(SharedPrefixes.Of(rows).HeadOfRow, (row, head) => row.NextChoice(isRandom, head))]);
        _said = [.. rows];
        _ahead_RV = null;
        IsUnheard = true;
    }

    /// <summary>Waits for the chosen tokens and appends them to the rows: the only place where the host waits for the device.</summary>
    /// <exception cref="NonFiniteLogitsException">A token can't be sampled.</exception>
    public void Hear(SlotPool slots)
    {
        IsUnheard = false;
        foreach ((RolloutRow row, ChosenToken token) in _said.Zip(slots.Choice.Finish()))
        {
            if (token.Id < 0)
            {
                throw new NonFiniteLogitsException(row.PromptIndex, row.SampleIndex, row.Tokens.Count);
            }

            row.Append(token);
        }
    }

    private Tensor WithoutEnded(Tensor logits_RV)
    {
        long[] kept = [.. _said.Index().Where(row => row.Item.Ended is null).Select(row => (long)row.Index)];
        return kept.Length == _said.Length
            ? logits_RV : logits_RV.index_select(0, kept.ToDevice(logits_RV.device));
    }
}
