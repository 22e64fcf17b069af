using System.Text;

namespace MedR1.Imaging;

/// <summary>Checks and error messages shared by the header readers.</summary>
internal static class HeaderBytes
{
    private const int BytesShown = 8;

    /// <summary>Throws unless the file has at least <paramref name="count"/> bytes.</summary>
    public static void Require(ReadOnlySpan<byte> encoded, long count, string format)
    {
        if (encoded.Length < count)
        {
            throw new ImageFormatException(
                $"The {format} file is truncated: its header needs {count} bytes, but there are {encoded.Length}. "
                + "Download the file again.");
        }
    }

    /// <summary>Creates the header, or throws if a size is zero or above 2³¹ − 1.</summary>
    public static ImageHeader Sized(ImageFormat format, long width, long height, int bitsPerSample, int channels)
    {
        RequireSize(format, width, height);
        return new ImageHeader(format, (int)width, (int)height, bitsPerSample, channels);
    }

    /// <summary>Throws if a size is zero or above 2³¹ − 1.</summary>
    public static void RequireSize(ImageFormat format, long width, long height)
    {
        if (width is < 1 or > int.MaxValue || height is < 1 or > int.MaxValue)
        {
            throw Broken(format, $"it declares an image of {width} x {height}; each side must be 1 to {int.MaxValue}");
        }
    }

    /// <summary>The exception for a broken file of a known format.</summary>
    public static ImageFormatException Broken(ImageFormat format, string what) =>
        new($"The {NameOf(format)} file is broken: {what}. Download it again, or save it again with another program.");

    /// <summary>The exception for bytes that do not start like an image.</summary>
    public static ImageFormatException NotAnImage(ReadOnlySpan<byte> encoded)
    {
        if (encoded.IsEmpty)
        {
            return new ImageFormatException("There are no bytes to decode. Check that the file is not empty.");
        }

        ReadOnlySpan<byte> first = encoded[..Math.Min(BytesShown, encoded.Length)];
        string text = string.Concat(Encoding.Latin1.GetString(first).Select(c => c is >= ' ' and <= '~' ? c : '.'));
        return new ImageFormatException(
            $"The {encoded.Length} bytes are not a PNG, JPEG, WebP, BMP or GIF file: they start with "
            + $"{Convert.ToHexString(first)} (\"{text}\"){Guess(encoded)}. Convert the file to PNG.");
    }

    /// <summary>The usual spelling of a format's name.</summary>
    public static string NameOf(ImageFormat format) => format switch
    {
        ImageFormat.WebP => "WebP",
        _ => format.ToString().ToUpperInvariant(),
    };

    private static string Guess(ReadOnlySpan<byte> encoded)
    {
        if (TiffLayout.Of(encoded) is not null)
        {
            return ", a TIFF file, which the package MedR1.Imaging.Tiff reads";
        }

        if (encoded.Length >= 132 && encoded[128..132].SequenceEqual("DICM"u8))
        {
            return ", a DICOM file";
        }

        return encoded.TrimStart((byte)' ').StartsWith("<"u8) ? ", perhaps a web page" : "";
    }
}
