namespace MedR1.Sampling;

/// <summary>The statistics of a call so far.</summary>
internal sealed class RolloutCounts
{
    private readonly Dictionary<StopReason, int> _ends = [];
    private long _slotSteps;

    /// <summary>The number of tokens sampled.</summary>
    public long TokenCount { get; private set; }

    /// <summary>Completions by the reason that ended them; they are counted when they end, not when their group is complete.</summary>
    public IReadOnlyDictionary<StopReason, int> Ends => _ends;

    /// <summary>Fraction of the slots that drew a token, over all steps; 0 before the first step.</summary>
    public double Occupancy => _slotSteps == 0 ? 0 : TokenCount / (double)_slotSteps;

    /// <summary>Counts a step that drew a token for each row, and the completions that it ended.</summary>
    public void AddStep(IReadOnlyCollection<RolloutRow> rows, int rowSlots)
    {
        TokenCount += rows.Count;
        _slotSteps += rowSlots;
        foreach (RolloutRow row in rows.Where(row => row.Ended is not null))
        {
            AddEnd(row);
        }
    }

    /// <summary>Counts a completion that has ended.</summary>
    public void AddEnd(RolloutRow row)
    {
        StopReason reason = row.Ended!.Value;
        _ends[reason] = _ends.GetValueOrDefault(reason) + 1;
    }
}
