using System.Text.Json;

namespace MedR1.Training;

/// <summary>What <c>trainer.json</c> holds: where the run stands, and what must be unchanged when it is resumed.</summary>
internal sealed record CheckpointState
{
    public const int CurrentFormat = 2;

    private static readonly JsonSerializerOptions s_strict = new()
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    public required int Format { get; init; }

    public required string Trainer { get; init; }

    public required RunState Run { get; init; }

    /// <summary>The settings that define the run, by name; a resumed run must match them, or declare what it changes.</summary>
    public required Dictionary<string, string> Invariants { get; init; }

    /// <summary>What was changed deliberately since the start of the run.</summary>
    public IReadOnlyList<string> Changes { get; init; } = [];

    /// <summary>Reads a state, and rejects one that no run has.</summary>
    /// <exception cref="JsonException">The file is damaged.</exception>
    public static CheckpointState Read(ReadOnlySpan<byte> json)
    {
        CheckpointState state = JsonSerializer.Deserialize<CheckpointState>(json, s_strict) ?? throw new JsonException("It is empty.");
        RunState run = state.Run;
        (string Name, long Value) wrong = new (string Name, long Value)[]
        {
            (nameof(run.Step), run.Step), (nameof(run.Rollouts), run.Rollouts), (nameof(run.StepInRollout), run.StepInRollout),
            (nameof(run.Position), run.Position),
        }.FirstOrDefault(count => count.Value < 0);
        return wrong.Value == 0 ? state : throw new JsonException($"{nameof(Run)}.{wrong.Name} is {wrong.Value}, expected 0 or more.");
    }
}
