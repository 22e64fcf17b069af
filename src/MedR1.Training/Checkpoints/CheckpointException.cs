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
}
