namespace MedR1.Training;

/// <content>Saves what a failing run has learnt.</content>
internal sealed partial class CheckpointStore
{
    /// <summary>
    /// Makes sure that a failing run has a checkpoint, so that its work is not lost with the process. A step whose closing work failed
    /// still counts as unsaved: the resumed run completes that work, and writes the checkpoint again if one is due.
    /// </summary>
    /// <returns>The checkpoint of the current state, or the reason why there is none.</returns>
    public (string? Folder, string? Reason) Rescue(RunState state)
    {
        if (state.Step == 0 || _folders is null)
        {
            return (null, state.Step == 0 ? "no step was completed before" : "no OutputFolder is set");
        }

        if (!state.IsWhole)
        {
            return (null, $"step {state.Step} was made, but its remaining work, such as mixing the reference, was not finished");
        }

        if (updater.Reached > state.Step || parts.Any(part => part.IsBeyond(state.Step)))
        {
            return (null, "the optimizer had begun to update the parameters, so they belong to no step");
        }

        if (state.Step == _lastSaved)
        {
            return (Newest, null);
        }

        if (_lock is null)
        {
            return (null, "the run could not lock its OutputFolder");
        }

        try
        {
            string folder = Save(_folders, state, CancellationToken.None);
            _lastSaved = state.Unfinished is null ? state.Step : _lastSaved;
            return (folder, null);
        }
        catch (CheckpointException exception)
        {
            // What stopped the run matters more to the caller than this exception.
            return (null, ForeignExceptions.MessageOf(exception.InnerException!).TrimEnd('.'));
        }
    }
}
