namespace MedR1.Imaging;

/// <summary>Turns the bytes of a picture file into 8-bit RGB.</summary>
/// <remarks>
/// Implementations are safe to use from several threads at once and hold nothing that must be disposed. They check the
/// limits of the options against the header before they allocate anything for the picture.
/// </remarks>
public interface IImageDecoder
{
    /// <summary>Decodes a picture; of an animation, the first frame.</summary>
    /// <param name="encoded">The whole file.</param>
    /// <param name="options">Limits and colour rules; null for the defaults.</param>
    /// <exception cref="ImageFormatException">The bytes are no picture, or a broken one.</exception>
    /// <exception cref="ImageTooLargeException">The picture passes a limit of the options.</exception>
    RgbImage Decode(ReadOnlyMemory<byte> encoded, ImageDecodeOptions? options = null);

    /// <summary>Reads what the header announces, without decoding and without limits.</summary>
    /// <param name="encoded">The file, at least up to its header.</param>
    /// <exception cref="ImageFormatException">The bytes are no picture, or their header is broken.</exception>
    ImageHeader ReadHeader(ReadOnlyMemory<byte> encoded);
}
