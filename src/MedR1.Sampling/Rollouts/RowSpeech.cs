using MedR1.Modeling;

using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>
/// Lets rows say a token each, in two parts: the device chooses, and the host hears it. Between the two the device may be
/// given the rows' next step. R rows, H of them with logits of their own, V vocabulary.
/// </summary>
internal sealed class RowSpeech(IVisionLanguagePolicy policy, bool isRandom)
{
    private RolloutRow[] _said = [];
    private Tensor? _ahead_RV;

    /// <summary>Whether the rows have said a token that the host has not heard.</summary>
    public bool IsUnheard { get; private set; }

    /// <summary>
    /// Feeds what was not heard yet, if no row is at its limit; the rows share nothing. A row that turns out to have ended
    /// was fed in vain: what is in its slot then, nobody reads.
    /// </summary>
    public void DecodeAhead(SlotPool slots)
    {
        if (Array.TrueForAll(_said, row => row.HasRoomBehindNext))
        {
            _ahead_RV = policy.Decode(
                slots.Choice.NewestTokens()!, [.. _said.Select(row => row.PlaceOfNext)], slots.Cache);
        }
    }

    /// <summary>Feeds what rows have said last, those that go on, unless that was done ahead in this step.</summary>
    /// <returns><c>[H, V]</c>: what rows that have said the same go on with is computed once.</returns>
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

    /// <summary>Lets the device choose.</summary>
    /// <param name="logits"><c>[_, V]</c> each, one after another those of the rows that share with none before them.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="slots">Where they are.</param>
    public void Say(IReadOnlyList<Tensor> logits, IReadOnlyList<RolloutRow> rows, SlotPool slots)
    {
        slots.Choice.Begin(
            logits, [.. rows.Zip(SharedPrefixes.Of(rows).HeadOfRow, (row, head) => row.NextChoice(isRandom, head))]);
        _said = [.. rows];
        _ahead_RV = null;
        IsUnheard = true;
    }

    /// <summary>Waits for what was chosen last and tells it the rows: the one place where the host waits for the device.</summary>
    /// <exception cref="NonFiniteLogitsException">A token can't be drawn.</exception>
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
