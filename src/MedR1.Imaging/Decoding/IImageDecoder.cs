namespace MedR1.Imaging;

/// <summary>Decodes image files to 8-bit RGB.</summary>
/// <remarks>
/// Implementations are safe to use from several threads at once and need not be disposed. They check the header against the limits
/// of the options before they allocate anything for the image.
/// </remarks>
public interface IImageDecoder
{
    /// <summary>Decodes an image; of an animation, the first frame.</summary>
    /// <param name="encoded">The whole file.</param>
    /// <param name="options">Limits and color rules; null for the defaults.</param>
    /// <exception cref="ImageFormatException">The bytes are not an image, or the image is broken.</exception>
    /// <exception cref="ImageTooLargeException">The image exceeds a limit of the options.</exception>
    RgbImage Decode(ReadOnlyMemory<byte> encoded, ImageDecodeOptions? options = null);

    /// <summary>Reads the header, without decoding and without limits.</summary>
    /// <param name="encoded">The file, at least up to its header.</param>
    /// <exception cref="ImageFormatException">The bytes are not an image, or their header is broken.</exception>
    ImageHeader ReadHeader(ReadOnlyMemory<byte> encoded);
}
