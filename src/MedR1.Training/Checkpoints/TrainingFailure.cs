namespace MedR1.Training;

/// <summary>What became of the work of a failed run; attached to the exception that ended the run.</summary>
/// <param name="Step">
/// The step that failed, or whose closing work (evaluation, <c>OnStep</c>) failed. For a run that failed before its first step: the next
/// step; after its last: the last step.
/// </param>
/// <param name="Checkpoint">
/// The newest checkpoint that the run can be resumed from; <see langword="null"/> if there is none.
/// </param>
/// <param name="Message">What was saved, or why nothing was, in human-readable form.</param>
public sealed record TrainingFailure(long Step, string? Checkpoint, string Message)
{
    private const string Key = "MedR1.Training.TrainingFailure";

    /// <summary>The failure recorded on an exception; <see langword="null"/> if no run ended with it.</summary>
    /// <param name="exception">The exception thrown by a trainer's <c>RunAsync</c>.</param>
    public static TrainingFailure? Of(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return exception.Data[Key] as TrainingFailure;
    }

    /// <inheritdoc/>
    public override string ToString() => Message;

    internal void AttachTo(Exception exception)
    {
        if (!exception.Data.IsReadOnly)
        {
            exception.Data[Key] = this;
        }
    }
}
