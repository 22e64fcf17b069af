namespace MedR1.Training;

/// <summary>Saves what a failing run has learnt, and records on its exception where that is.</summary>
internal sealed class RunRescue(RunState state, int totalSteps, CheckpointStore checkpoints)
{
    /// <summary>Whether the run has begun to make steps.</summary>
    public bool HasStarted { get; set; }

    /// <summary>Saves the state after the last whole step.</summary>
    /// <param name="exception">The exception that ends the run.</param>
    /// <param name="isOfSaving">Whether writing a checkpoint is what failed; if so, it is not tried again.</param>
    public void Save(Exception exception, bool isOfSaving)
    {
        (string? folder, string? reason) = isOfSaving
            ? (null, "its checkpoint can't be written") : checkpoints.Rescue(state);
        (long step, string what, string saved, string next) = Describe();
        string? newest = checkpoints.Newest;
        string last = newest is null ? "" : $" The last checkpoint is '{newest}'.";
        new TrainingFailure(step, newest, folder is not null
            ? $"{what} {saved} is in '{folder}': .ResumeFrom(\"{folder}\") {next}."
            : $"{what} Nothing was saved: {reason}.{last}").AttachTo(exception);
    }

    private (long Step, string What, string Saved, string Next) Describe()
    {
        if (state.Unfinished is not null)
        {
            return (state.Step, $"Step {state.Step} was made, but its remaining work failed.", "The state", "continues with that work");
        }

        if (state.EndsEarly)
        {
            return (
                state.Step, $"Step {state.Step} ended the run early, but the end of the run failed.", "The state", "continues from there");
        }

        if (state.Step >= totalSteps)
        {
            return (
                state.Step, $"All {state.Step} steps were made, but the end of the run failed.", "The state", "repeats it");
        }

        long failed = state.Step + 1;
        string saved = $"The state after step {state.Step}";
        return HasStarted
            ? (failed, $"Step {failed} failed.", saved, "repeats it")
            : (failed, $"The run failed before step {failed}.", saved, "continues from there");
    }
}
