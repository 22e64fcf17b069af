namespace MedR1;

/// <summary>A picture that is opened when it is needed, not before.</summary>
/// <remarks>Implementations are safe to read from several threads at once; who opens the stream disposes it.</remarks>
public interface IImageSource
{
    /// <summary>A name for messages and logs: a path, an address, or what the picture shows.</summary>
    string Name { get; }

    /// <summary>Opens the encoded picture (PNG, JPEG, WebP, BMP or GIF) at its first byte.</summary>
    /// <exception cref="IOException">The picture can't be read.</exception>
    Stream OpenRead();
}
