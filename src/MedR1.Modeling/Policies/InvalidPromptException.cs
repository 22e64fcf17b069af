namespace MedR1.Modeling;

/// <summary>The model can't take the prompt: it is empty, longer than the context, or its images don't match its text.</summary>
public sealed class InvalidPromptException : ArgumentException
{
    /// <summary>Creates an exception that says what is wrong.</summary>
    /// <param name="message">What is wrong, with the value and the fix.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public InvalidPromptException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
