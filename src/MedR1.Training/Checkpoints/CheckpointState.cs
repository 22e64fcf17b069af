namespace MedR1.Training;

/// <summary>What <c>trainer.json</c> holds: where the run stands, and what must be the same when it goes on.</summary>
internal sealed record CheckpointState
{
    public const int CurrentFormat = 1;

    public required int Format { get; init; }

    public required string Trainer { get; init; }

    public required long Step { get; init; }

    public required long Rollouts { get; init; }

    public required long Tokens { get; init; }

    public required long SkippedSteps { get; init; }

    public required Dictionary<string, long> RewardFailures { get; init; }

    /// <summary>What decides which data comes next, by name; a run that goes on must agree.</summary>
    public required Dictionary<string, string> Invariants { get; init; }
}
