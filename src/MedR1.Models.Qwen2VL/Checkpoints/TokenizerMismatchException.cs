namespace MedR1.Models.Qwen2VL;

/// <summary>Thrown when a tokenizer doesn't match the model: control tokens differ, or the tokenizer has more tokens.</summary>
public sealed class TokenizerMismatchException : Exception
{
    /// <summary>Creates an exception with a message.</summary>
    /// <param name="message">What differs, with both values and the fix.</param>
    public TokenizerMismatchException(string message)
        : base(message)
    {
    }
}
