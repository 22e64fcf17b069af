namespace MedR1.Training;

/// <summary>A completion in a file, with its scores, its advantage and the log-probabilities with which its tokens were drawn.</summary>
internal sealed record CompletionDocument
{
    public required string Text { get; init; }

    public required IReadOnlyList<int> TokenIds { get; init; }

    public required StopReason StopReason { get; init; }

    public required int SampleIndex { get; init; }

    public required IReadOnlyList<float> LogProbabilities { get; init; }

    public required IReadOnlyList<float> ProcessedLogProbabilities { get; init; }

    /// <summary>The total; null if no reward applied, or one failed.</summary>
    public double? Reward { get; init; }

    public required IReadOnlyList<double?> ByReward { get; init; }

    public required double Advantage { get; init; }

    /// <summary>Log-probabilities before the first update on the rollout; null if the update is on-policy.</summary>
    public float[]? OldLogProbabilities { get; init; }

    /// <summary>PPO's advantages of the tokens; null in GRPO, and if the loss excludes the completion.</summary>
    public float[]? TokenAdvantages { get; init; }

    /// <summary>The values that PPO's critic predicted; null whenever <see cref="TokenAdvantages"/> is.</summary>
    public float[]? Values { get; init; }

    /// <summary>The returns that PPO's critic should have predicted; null whenever <see cref="TokenAdvantages"/> is.</summary>
    public float[]? Returns { get; init; }
}
