namespace MedR1.Training;

/// <summary>What <c>trainer.json</c> holds: where the run stands, and what must be unchanged when it is resumed.</summary>
internal sealed record CheckpointState
{
    public const int CurrentFormat = 2;

    public required int Format { get; init; }

    public required string Trainer { get; init; }

    public required RunState Run { get; init; }

    /// <summary>The settings that define the run, by name; a resumed run must match them, or declare what it changes.</summary>
    public required Dictionary<string, string> Invariants { get; init; }

    /// <summary>What was changed deliberately since the start of the run.</summary>
    public IReadOnlyList<string> Changes { get; init; } = [];
}
