using MedR1.Losses;

namespace MedR1.Training;

/// <summary>How rewards are called.</summary>
public sealed record RewardScorerOptions
{
    /// <summary>
    /// The time limit of a single call of a reward, up to 24 days; <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> for none.
    /// </summary>
    /// <value>The default is 60 seconds.</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Whether a failed reward stops the run, instead of excluding its completion.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool StopOnFailure { get; init; }

    /// <summary>The maximum number of concurrent calls.</summary>
    /// <value>The default is 32.</value>
    public int MaxParallelCalls { get; init; } = 32;

    /// <summary>The largest magnitude of a total, in <see cref="RangeOfTotals"/>, that the trainer can learn from.</summary>
    internal double LargestTotal { get; init; } = float.MaxValue;

    /// <summary>What the trainer clamps totals to; null for nothing.</summary>
    internal RewardRange? RangeOfTotals { get; init; }
}
