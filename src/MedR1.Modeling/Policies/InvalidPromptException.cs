namespace MedR1.Modeling;

/// <summary>
/// A prompt that a model can't take: empty, longer than the context, or with pictures that don't fit its text.
/// </summary>
public sealed class InvalidPromptException : ArgumentException
{
    /// <summary>Says what is wrong.</summary>
    /// <param name="message">What is wrong, with the value and the fix.</param>
    /// <param name="innerException">The cause, where there is one.</param>
    public InvalidPromptException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
