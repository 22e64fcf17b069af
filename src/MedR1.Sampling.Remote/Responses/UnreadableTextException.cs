namespace MedR1.Sampling.Remote;

/// <summary>A text in an answer is not Unicode: bytes that are not UTF-8, or half of a surrogate pair.</summary>
internal sealed class UnreadableTextException(string message, Exception innerException) : Exception(message, innerException);
