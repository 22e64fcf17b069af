using System.Text;
using SkiaSharp;

namespace MedR1.Imaging.Tests;

public sealed class BrokenFileTests
{
    private static readonly SkiaImageDecoder Decoder = new();

    [Fact]
    public void Rejects_an_empty_file()
    {
        ImageFormatException exception = Assert.Throws<ImageFormatException>(
            () => Decoder.Decode(ReadOnlyMemory<byte>.Empty));

        Assert.Contains("no bytes", exception.Message);
    }

    [Theory]
    [InlineData("<html><body>404</body></html>", "perhaps a web page")]
    [InlineData("version https://git-lfs.github.com/spec/v1", "7665727369")]
    [InlineData("II*\0aaaaaaaa", "a TIFF file")]
    [InlineData("BM", "truncated")]
    public void Rejects_bytes_that_are_no_image_and_shows_what_they_look_like(string text, string said)
    {
        ImageFormatException exception = Assert.Throws<ImageFormatException>(
            () => Decoder.Decode(Encoding.Latin1.GetBytes(text)));

        Assert.Contains(said, exception.Message);
    }

    [Fact]
    public void Names_a_DICOM_file()
    {
        byte[] file = [.. new byte[128], .. "DICM"u8, .. new byte[50]];

        Assert.Contains("a DICOM file", Assert.Throws<ImageFormatException>(() => Decoder.Decode(file)).Message);
    }

    [Theory]
    [InlineData("PNG")]
    [InlineData("JPEG")]
    [InlineData("WebP")]
    [InlineData("BMP")]
    [InlineData("GIF")]
    public void Rejects_a_file_truncated_anywhere_and_never_gives_a_part(string format)
    {
        byte[] file = Sample(format);
        RgbImage whole = Decoder.Decode(file);
        // A decoder may miss check sums, terminators and padding at the very end, after the last pixel.
        // A WebP declares its length.
        int needed = format switch
        {
            "PNG" => file.Length - 20,
            "GIF" => file.Length - 3,
            "WebP" => file.Length,
            _ => file.Length - 2,
        };
        for (int length = 0; length < needed; length++)
        {
            ReadOnlyMemory<byte> cut = file.AsMemory(0, length);
            Exception? exception = Record.Exception(() => Decoder.Decode(cut));
            string became = exception?.GetType().Name ?? "a picture";
            Assert.True(exception is ImageFormatException, $"{format} cut to {length} of {file.Length}: {became}");
        }

        Assert.Equal(9, whole.Width);
    }

    // Pillow returns an image too: a JPEG has no check sum that would reveal it.
    [Fact]
    public void A_JPEG_with_an_early_end_marker_is_an_image()
    {
        byte[] file = Sample("JPEG");
        RgbImage image = Decoder.Decode((byte[])[.. file[..(file.Length - 20)], 0xFF, 0xD9]);
        Assert.Equal(9, image.Width);
        Assert.NotEqual(Decoder.Decode(file).Pixels.ToArray(), image.Pixels.ToArray());
    }

    [Theory]
    [InlineData("PNG")]
    [InlineData("JPEG")]
    [InlineData("WebP")]
    [InlineData("BMP")]
    [InlineData("GIF")]
    public void A_changed_byte_gives_an_image_or_a_named_exception(string format)
    {
        byte[] file = Sample(format);
        for (int i = 0; i < file.Length; i++)
        {
            foreach (byte flip in (byte[])[0x01, 0x80, 0xFF])
            {
                byte[] changed = [.. file];
                changed[i] ^= flip;
                Exception? exception = Record.Exception(() => Decoder.Decode(changed));
                bool isNamed = exception is null or ImageFormatException or ImageTooLargeException;
                Assert.True(isNamed, $"{format} byte {i}: {exception}");
            }
        }
    }

    [Fact]
    public void A_wrong_check_sum_in_the_PNG_header_is_named()
    {
        byte[] file = Sample("PNG");
        file[17] ^= 1;

        Assert.Contains("checksum", Assert.Throws<ImageFormatException>(() => Decoder.Decode(file)).Message);
    }

    [Fact]
    public void A_message_names_the_format_the_size_and_the_fix()
    {
        byte[] file = Sample("JPEG");

        ImageFormatException exception = Assert.Throws<ImageFormatException>(
            () => Decoder.Decode(file.AsMemory(0, file.Length - 30)));

        Assert.Contains("JPEG", exception.Message);
        Assert.Contains("9 x 6", exception.Message);
        Assert.Contains("Download it again", exception.Message);
    }

    private static byte[] Sample(string format)
    {
        RgbImage image = Images.Random(9, 6, seed: 3);
        return format switch
        {
            "PNG" => Images.Encode(image, SKEncodedImageFormat.Png),
            "JPEG" => Images.Encode(image, SKEncodedImageFormat.Jpeg, quality: 90),
            "WebP" => Images.Encode(image, SKEncodedImageFormat.Webp, quality: 90),
            "BMP" => BmpFile.Write(9, 6, 32, [.. Enumerable.Range(0, 54).Select(i => (uint)i * 77_777)]),
            _ => GifFile.Write(9, 6, 0, 0, 9, 6, [.. Enumerable.Range(0, 54).Select(i => (byte)(i % 4))]),
        };
    }
}
