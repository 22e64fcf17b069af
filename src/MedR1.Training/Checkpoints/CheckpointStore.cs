using MedR1.Modeling;

namespace MedR1.Training;

/// <summary>Writes and reads the checkpoints of a run.</summary>
internal sealed class CheckpointStore(
    string kind, IVisionLanguagePolicy policy, ParameterUpdater updater, TrainerOptions options, int totalSteps)
{
    private long _lastSaved;

    /// <summary>The last checkpoint that was written.</summary>
    public string? Last { get; private set; }

    /// <summary>Writes a checkpoint if the interval is over or the run is.</summary>
    public void SaveIfDue(RunState state, CancellationToken cancellationToken)
    {
        bool isDue = state.Step >= totalSteps || (options.SaveInterval > 0 && state.Step - _lastSaved >= options.SaveInterval);
        if (options.OutputFolder is null || !isDue || state.Step == _lastSaved)
        {
            return;
        }

        Last = Path.Combine(options.OutputFolder, $"step-{state.Step:000000}");
        policy.Save(Path.Combine(Last, "model"), cancellationToken);
        _lastSaved = state.Step;
    }

    public RunState Load(string folder) => throw new CheckpointException($"{kind} {folder} {updater.Trainable.Count}");
}
