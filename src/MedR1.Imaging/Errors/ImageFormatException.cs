namespace MedR1.Imaging;

/// <summary>The bytes are not an image, or the image is truncated, broken or of an unsupported kind.</summary>
public sealed class ImageFormatException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was found, what was expected, and the fix.</param>
    public ImageFormatException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception for a named source.</summary>
    /// <param name="message">What was found, what was expected, and the fix.</param>
    /// <param name="sourceName">The name of the image's source.</param>
    /// <param name="innerException">The decoder's exception.</param>
    public ImageFormatException(string message, string? sourceName, Exception? innerException)
        : base(sourceName is null ? message : $"{sourceName}: {message}", innerException) => SourceName = sourceName;

    /// <summary>The name of the image's source, if known.</summary>
    public string? SourceName { get; }
}
