namespace MedR1.Training;

/// <summary>A checkpoint can't be written or read. Nothing half-written is left behind.</summary>
public sealed class CheckpointException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">The problem, including the folder and the fix.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public CheckpointException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>
    /// What differs between a run that should be resumed and its checkpoint, each entry with both values, for callers that give
    /// their own advice; empty if the failure has a different cause.
    /// </summary>
    public IReadOnlyList<string> Differences { get; internal init; } = [];
}
