using SkiaSharp;

namespace MedR1.Imaging.Tests;

/// <summary>The public API suffices to implement <see cref="IImageDecoder"/> with another library.</summary>
public sealed class OwnDecoderTests
{
    [Fact]
    public void A_decoder_of_another_library_needs_only_public_API()
    {
        IImageDecoder decoder = new BitmapDecoder();
        byte[] file = Images.EncodeRgba([40, 50, 60, 128, 1, 2, 3, 255], 2, 1, SKEncodedImageFormat.Png);

        Assert.Equal([147, 152, 157, 1, 2, 3], decoder.Decode(file).Pixels.ToArray());
        Assert.Throws<ImageTooLargeException>(() => decoder.Decode(Bombs.Of("PNG")));
        ImageFormatException exception = Assert.Throws<ImageFormatException>(
            () => decoder.Load(new BytesImageSource("scan", [1, 2, 3])));
        Assert.StartsWith("scan: ", exception.Message);
    }

    [Fact]
    public void Rejects_a_wrong_number_of_RGBA_bytes() =>
        Assert.Throws<ArgumentException>(() => RgbaConversion.ToRgb(2, 2, new byte[15]));

    // Mirrors the adapter in docs/imaging.md, with a library that this project references.
    private sealed class BitmapDecoder : IImageDecoder
    {
        public ImageHeader ReadHeader(ReadOnlyMemory<byte> encoded) => ImageHeader.Read(encoded.Span);

        public RgbImage Decode(ReadOnlyMemory<byte> encoded, ImageDecodeOptions? options = null)
        {
            options ??= ImageDecodeOptions.Default;
            options.CheckBytes(encoded.Length);
            ImageHeader header = ImageHeader.Read(encoded.Span);
            options.CheckPixels(header);
            SKImageInfo info = new(header.Width, header.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
            using SKBitmap? bitmap = SKBitmap.Decode(encoded.Span, info);
            return bitmap is null
                ? throw new ImageFormatException("The file can't be decoded. Fetch it again.")
                : RgbaConversion.ToRgb(info.Width, info.Height, bitmap.GetPixelSpan(), options.Transparency);
        }
    }
}
