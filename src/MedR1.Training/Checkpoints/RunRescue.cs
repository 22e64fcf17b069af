namespace MedR1.Training;

/// <summary>Saves what a run that fails has learnt, and writes on its exception where that is.</summary>
internal sealed class RunRescue(RunState state, CheckpointStore checkpoints)
{
    /// <summary>Saves the state behind the last whole step.</summary>
    /// <param name="exception">What the run ends with.</param>
    /// <param name="isOfSaving">Whether it says that the checkpoint can't be written: it is not tried again then.</param>
    public void Save(Exception exception, bool isOfSaving)
    {
        (string? folder, string? reason) = isOfSaving
            ? (null, "its checkpoint can't be written") : checkpoints.Rescue(state);
        (state.Unfinished is null
            ? Of(state.Step + 1, $"Step {state.Step + 1} failed.", folder, $"The state behind step {state.Step}", "makes it again")
            : Of(state.Step, $"Step {state.Step} is made, but its end failed.", folder, "The state", "goes on with the rest of it"))
            .AttachTo(exception);

        TrainingFailure Of(long step, string what, string? folder, string saved, string next)
        {
            string? newest = folder ?? checkpoints.Newest;
            string last = newest is null ? "" : $" The last checkpoint is '{newest}'.";
            return new TrainingFailure(step, newest, folder is not null
                ? $"{what} {saved} is in '{folder}': .ResumeFrom(\"{folder}\") {next}."
                : $"{what} Nothing was saved: {reason}.{last}");
        }
    }
}
