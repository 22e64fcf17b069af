namespace MedR1.Samples.SftBaseline;

/// <summary>The settings of a run.</summary>
/// <param name="Data">A folder of OmniMedVQA.</param>
/// <param name="Checkpoint">The checkpoint to start from.</param>
/// <param name="Output">The run's folder.</param>
internal sealed record SftBaselineSettings(string Data, string Checkpoint, string Output)
{
    public required int Steps { get; init; }

    public required int ExamplesPerStep { get; init; }

    public required double LearningRate { get; init; }

    public required int Questions { get; init; }

    public required int Seed { get; init; }
}
