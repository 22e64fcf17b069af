namespace MedR1.Imaging.Dicom;

/// <summary>Decodes a frame that is a JPEG file.</summary>
internal static class JpegFrame
{
    private static readonly SkiaImageDecoder s_decoder = new();

    /// <exception cref="DicomException">
    /// The JPEG is broken, differs in size from the file's frames, or does not have 8 bits per sample.
    /// </exception>
    public static RgbImage Decode(ReadOnlyMemory<byte> jpeg, PixelFormat format, DicomLimits limits, int frame)
    {
        JpegColor color = JpegColor.Read(jpeg.Span);
        if (color.Bits != 8 || format.BitsAllocated != 8)
        {
            throw new DicomException(
                $"The JPEG of frame {frame} has {color.Bits} bits per sample in {format.BitsAllocated}; 8 in 8 are supported. "
                + "Convert the file, for example with dcmtk's 'dcmdjpeg'.");
        }

        try
        {
            ImageHeader header = s_decoder.ReadHeader(jpeg);
            ImageDecodeOptions options = new() { MaxPixels = limits.MaxPixels };
            return header.Width == format.Columns && header.Height == format.Rows
                ? s_decoder.Decode(color.WithPhotometric(jpeg, format), options)
                : throw new DicomException(
                    $"The JPEG of frame {frame} has {header.Width} x {header.Height} pixels, but the file declares "
                    + $"{format.Columns} x {format.Rows}.");
        }
        catch (Exception exception) when (exception is ImageFormatException or ImageTooLargeException)
        {
            throw new DicomException($"The JPEG of frame {frame} is broken or not supported: {exception.Message}", exception);
        }
    }

    /// <summary>The values of a gray image.</summary>
    public static int[] Values(RgbImage image)
    {
        ReadOnlySpan<byte> pixels = image.Pixels.Span;
        int[] values = new int[image.Width * image.Height];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = pixels[i * 3];
        }

        return values;
    }
}
