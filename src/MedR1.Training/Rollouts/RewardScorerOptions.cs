namespace MedR1.Training;

/// <summary>How rewards are called.</summary>
public sealed record RewardScorerOptions
{
    /// <summary>How long a single call of a reward may take.</summary>
    /// <value>The default is 60 seconds.</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Whether a failed reward stops the run instead of leaving its completion out.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool StopOnFailure { get; init; }

    /// <summary>How many calls may run at the same time.</summary>
    /// <value>The default is 32.</value>
    public int MaxParallelCalls { get; init; } = 32;
}
