namespace MedR1.Models.Qwen2VL;

/// <summary>The tokenizer doesn't belong to the model: their control tokens have different ids, or it has more tokens.</summary>
public sealed class TokenizerMismatchException : Exception
{
    /// <summary>Creates an exception that says what differs.</summary>
    /// <param name="message">What differs, with both values and the fix.</param>
    public TokenizerMismatchException(string message)
        : base(message)
    {
    }
}
