namespace MedR1.Training;

/// <summary>A checkpoint can't be written or read. Nothing half-written is left behind.</summary>
public sealed class CheckpointException : IOException
{
    /// <summary>Says what is wrong.</summary>
    /// <param name="message">What is wrong, with the folder and the fix.</param>
    /// <param name="innerException">The cause, where there is one.</param>
    public CheckpointException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>
    /// What a run that should go on has otherwise than its checkpoint, each with both values, for who says in words of their own what to
    /// do; empty where that is not what is wrong.
    /// </summary>
    public IReadOnlyList<string> Differences { get; internal init; } = [];
}
