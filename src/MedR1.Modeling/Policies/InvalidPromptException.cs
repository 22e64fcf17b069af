namespace MedR1.Modeling;

/// <summary>Thrown when a prompt is empty or longer than the context, or its images don't match its text.</summary>
public sealed class InvalidPromptException : ArgumentException
{
    /// <summary>Creates an exception with a message.</summary>
    /// <param name="message">What is wrong, with the value and the fix.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public InvalidPromptException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
