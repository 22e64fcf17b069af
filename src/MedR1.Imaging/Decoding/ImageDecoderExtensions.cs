namespace MedR1.Imaging;

/// <summary>Decodes images from their sources.</summary>
public static class ImageDecoderExtensions
{
    /// <summary>
    /// Reads and decodes an image. A <see cref="PixelImageSource"/> returns its pixels directly, without encoding and decoding a
    /// file.
    /// </summary>
    /// <param name="decoder">The decoder.</param>
    /// <param name="source">The image; its name is included in exception messages.</param>
    /// <param name="options">Limits and color rules; null for the defaults.</param>
    /// <exception cref="ImageFormatException">The bytes are not an image, or the image is broken.</exception>
    /// <exception cref="ImageTooLargeException">The image exceeds a limit; reading stopped there.</exception>
    /// <exception cref="IOException">The source can't be read; the message names it.</exception>
    public static RgbImage Load(this IImageDecoder decoder, IImageSource source, ImageDecodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        ArgumentNullException.ThrowIfNull(source);
        if (source is PixelImageSource pixels)
        {
            return pixels.Image;
        }

        options ??= ImageDecodeOptions.Default;
        return WithName(source, () => decoder.Decode(BoundedReader.ReadAll(source, options), options));
    }

    /// <summary>Reads the header of an image. The bytes are read, but nothing is decoded.</summary>
    /// <param name="decoder">The decoder.</param>
    /// <param name="source">The image; its name is included in exception messages.</param>
    /// <param name="options">The limit on bytes; null for the default. The limit on pixels is ignored.</param>
    /// <exception cref="ImageFormatException">The bytes are not an image, or their header is broken.</exception>
    /// <exception cref="ImageTooLargeException">The source has more bytes than the limit.</exception>
    /// <exception cref="IOException">The source can't be read; the message names it.</exception>
    public static ImageHeader LoadHeader(
        this IImageDecoder decoder, IImageSource source, ImageDecodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        ArgumentNullException.ThrowIfNull(source);
        options ??= ImageDecodeOptions.Default;
        return WithName(source, () => decoder.ReadHeader(BoundedReader.ReadAll(source, options)));
    }

    private static T WithName<T>(IImageSource source, Func<T> decode)
    {
        try
        {
            return decode();
        }
        catch (ImageFormatException exception)
        {
            throw new ImageFormatException(exception.Message, source.Name, exception);
        }
        catch (ImageTooLargeException exception)
        {
            throw new ImageTooLargeException(exception.Message, source.Name, exception);
        }
        catch (IOException exception) when (!Names(exception, source.Name))
        {
            throw new IOException($"The image '{source.Name}' can't be read: {exception.Message}", exception);
        }
    }

    // The exception for a missing file names its full path.
    private static bool Names(IOException exception, string name) =>
        exception is FileNotFoundException { FileName: string file } && file == name
        || exception.Message.Contains(name, StringComparison.Ordinal);
}
