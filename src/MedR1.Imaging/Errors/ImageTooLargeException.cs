namespace MedR1.Imaging;

/// <summary>A picture with more pixels or bytes than the limits allow; nothing of it was decoded.</summary>
public sealed class ImageTooLargeException : Exception
{
    /// <summary>Says which limit was passed.</summary>
    /// <param name="message">The size, the limit, and the option that moves it.</param>
    public ImageTooLargeException(string message)
        : base(message)
    {
    }

    /// <summary>Says which limit a named source passed.</summary>
    /// <param name="message">The size, the limit, and the option that moves it.</param>
    /// <param name="sourceName">The name of the picture's source.</param>
    /// <param name="innerException">What the decoder threw.</param>
    public ImageTooLargeException(string message, string? sourceName, Exception? innerException)
        : base(sourceName is null ? message : $"{sourceName}: {message}", innerException) => SourceName = sourceName;

    /// <summary>The name of the picture's source, where it is known.</summary>
    public string? SourceName { get; }
}
