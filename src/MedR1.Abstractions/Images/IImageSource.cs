namespace MedR1;

/// <summary>An image that is opened only when it is needed.</summary>
/// <remarks>Implementations are safe to read from several threads at once; whoever opens the stream disposes it.</remarks>
public interface IImageSource
{
    /// <summary>A name for messages and logs: a path, an address, or what the image shows.</summary>
    string Name { get; }

    /// <summary>Opens the encoded image (PNG, JPEG, WebP, BMP or GIF), positioned at its first byte.</summary>
    /// <exception cref="IOException">The image can't be read.</exception>
    Stream OpenRead();
}
