namespace MedR1.Imaging;

/// <summary>The image has more pixels or bytes than the limits allow; nothing was decoded.</summary>
public sealed class ImageTooLargeException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">The size, the limit, and the option that changes it.</param>
    public ImageTooLargeException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception for a named source.</summary>
    /// <param name="message">The size, the limit, and the option that changes it.</param>
    /// <param name="sourceName">The name of the image's source.</param>
    /// <param name="innerException">The decoder's exception.</param>
    public ImageTooLargeException(string message, string? sourceName, Exception? innerException)
        : base(sourceName is null ? message : $"{sourceName}: {message}", innerException) => SourceName = sourceName;

    /// <summary>The name of the image's source, if known.</summary>
    public string? SourceName { get; }
}
