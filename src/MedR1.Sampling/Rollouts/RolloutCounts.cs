namespace MedR1.Sampling;

/// <summary>What a call has done so far.</summary>
internal sealed class RolloutCounts
{
    private readonly Dictionary<StopReason, int> _ends = [];
    private long _slotSteps;

    /// <summary>Tokens said.</summary>
    public long TokenCount { get; private set; }

    /// <summary>Completions of closed groups by the reason that ended them.</summary>
    public IReadOnlyDictionary<StopReason, int> Ends => _ends;

    /// <summary>Share of the slots that said a token; 0 before the first step.</summary>
    public double Occupancy => _slotSteps == 0 ? 0 : TokenCount / (double)_slotSteps;

    /// <summary>Counts a step.</summary>
    public void AddStep(int tokens, int rowSlots)
    {
        TokenCount += tokens;
        _slotSteps += rowSlots;
    }

    /// <summary>Counts the completions of a group.</summary>
    public void AddEnds(IEnumerable<RolloutRow> rows)
    {
        foreach (RolloutRow row in rows)
        {
            StopReason reason = row.Ended!.Value;
            _ends[reason] = _ends.GetValueOrDefault(reason) + 1;
        }
    }
}
