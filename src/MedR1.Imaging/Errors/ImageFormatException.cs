namespace MedR1.Imaging;

/// <summary>Bytes that are no picture, or a picture that is cut short, broken or of an unsupported kind.</summary>
public sealed class ImageFormatException : Exception
{
    /// <summary>Says what is wrong.</summary>
    /// <param name="message">What was found, what was expected, and the fix.</param>
    public ImageFormatException(string message)
        : base(message)
    {
    }

    /// <summary>Says what is wrong with a named source.</summary>
    /// <param name="message">What was found, what was expected, and the fix.</param>
    /// <param name="sourceName">The name of the picture's source.</param>
    /// <param name="innerException">What the decoder threw.</param>
    public ImageFormatException(string message, string? sourceName, Exception? innerException)
        : base(sourceName is null ? message : $"{sourceName}: {message}", innerException) => SourceName = sourceName;

    /// <summary>The name of the picture's source, where it is known.</summary>
    public string? SourceName { get; }
}
