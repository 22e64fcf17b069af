namespace MedR1.Datasets;

/// <summary>
/// Reads an image's width and height from its header (PNG, JPEG, GIF, BMP, WebP, TIFF). This package does not decode images; it needs
/// only their size, for blank images, token counts and statistics.
/// </summary>
internal static class ImageHeaderSize
{
    private const int LargestSide = 65_535;
    private const int MostPixels = 100_000_000;

    /// <summary>The size of an image, without decoding it.</summary>
    /// <exception cref="InvalidDataException">
    /// The file is not an image in one of these formats, or the image is too large.
    /// </exception>
    public static (int Width, int Height) Of(IImageSource image)
    {
        if (image is PixelImageSource pixels)
        {
            return (pixels.Image.Width, pixels.Image.Height);
        }

        using Stream stream = image.OpenRead();
        return Read(stream, image.Name);
    }

    /// <exception cref="InvalidDataException">
    /// The stream does not contain an image in one of these formats, or the image is too large.
    /// </exception>
    public static (int Width, int Height) Read(Stream stream, string name)
    {
        byte[] start = ReadUpTo(stream, [], ImageSizeFields.WebPBytes);
        (long width, long height) = ImageSignature.IsJpeg(start) ? OfJpeg(start, stream)
            : TiffLayout.Of(start) is TiffLayout layout ? new TiffHeaderSize(layout, start, stream).Read()
            : Of(start);
        return width is > 0 and <= LargestSide && height is > 0 and <= LargestSide && width * height <= MostPixels
            ? ((int)width, (int)height)
            : throw new InvalidDataException(
                $"The size of image '{name}' can't be read from its header (got {width} x {height}): it is not a "
                + $"PNG, JPEG, GIF, BMP, WebP or TIFF file, or has more than {MostPixels} pixels.");
    }

    private static (long Width, long Height) Of(ReadOnlySpan<byte> start)
    {
        if (ImageSignature.IsPng(start) && start.Length >= ImageSizeFields.PngBytes)
        {
            return ImageSizeFields.OfPng(start);
        }

        if (ImageSignature.IsGif(start) && start.Length >= ImageSizeFields.GifBytes)
        {
            return ImageSizeFields.OfGifScreen(start);
        }

        if (ImageSignature.IsBmp(start) && start.Length >= ImageSizeFields.BmpBytes)
        {
            (long width, long height) = ImageSizeFields.OfBmp(start);
            return (width, Math.Abs(height));
        }

        return ImageSignature.IsWebP(start) && start.Length >= ImageSizeFields.WebPBytesOf(start)
            ? ImageSizeFields.OfWebP(start)
            : (0, 0);
    }

    // Reads the file only up to its frame header.
    private static (long Width, long Height) OfJpeg(byte[] start, Stream stream)
    {
        while (true)
        {
            JpegFrameHeader frame = JpegFrameHeader.Find(start);
            if (frame.Start > 0)
            {
                return frame.Size(start);
            }

            byte[] more = frame.BytesNeeded > 0 ? ReadUpTo(stream, start, frame.BytesNeeded) : start;
            if (more.Length == start.Length)
            {
                return (0, 0);
            }

            start = more;
        }
    }

    // Reads at least as much again, so that many stray bytes or short segments don't each cause a copy of everything before them.
    private static byte[] ReadUpTo(Stream stream, byte[] start, long bytes)
    {
        byte[] longer = new byte[Math.Max(bytes, 2L * start.Length)];
        start.CopyTo(longer, 0);
        int read = stream.ReadAtLeast(longer.AsSpan(start.Length), longer.Length - start.Length, throwOnEndOfStream: false);
        return longer[..(start.Length + read)];
    }
}
