namespace MedR1.Training;

/// <summary>
/// Captures every rollout of a run to a file, <c>rollout-000012.json</c> and so on: prompts, completions, scores. A later run can
/// train from these files without sampling (<see cref="RolloutTrainerBuilder{TBuilder, TOptions}.UseRecordedRollouts"/>), for
/// debugging or to measure the update alone.
/// </summary>
public sealed class RolloutRecorder : IRolloutObserver
{
    private readonly string _folder;

    /// <summary>Creates the recorder.</summary>
    /// <param name="folder">The folder of the files; created if missing.</param>
    public RolloutRecorder(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        _folder = Directory.CreateDirectory(folder).FullName;
    }

    /// <inheritdoc/>
    public void OnRollout(Rollout rollout)
    {
        ArgumentNullException.ThrowIfNull(rollout);
        WholeFile.Write(RolloutFile.PathOf(_folder, rollout.Index), RolloutFile.Write(rollout));
    }
}
