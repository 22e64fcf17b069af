namespace MedR1;

/// <summary>An encoded image that is opened on demand.</summary>
/// <remarks>Implementations are safe to use from several threads at once. The caller disposes the stream that it opens.</remarks>
public interface IImageSource
{
    /// <summary>A name for messages and logs: a path, an address, or what the image shows.</summary>
    string Name { get; }

    /// <summary>Opens the encoded image (PNG, JPEG, WebP, BMP or GIF), positioned at its first byte.</summary>
    /// <exception cref="IOException">The image can't be read.</exception>
    Stream OpenRead();
}
