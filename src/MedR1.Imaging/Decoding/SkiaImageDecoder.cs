using System.Buffers;
using SkiaSharp;

namespace MedR1.Imaging;

/// <summary>
/// Decodes PNG, JPEG, WebP, BMP and GIF to the same bytes as Pillow. EXIF orientation, ICC profiles and gamma are not applied.
/// </summary>
/// <remarks>
/// BMP and GIF, and 16-bit gray PNG with a window, are decoded by managed code. The other formats use Skia's codecs (libpng,
/// libjpeg-turbo, libwebp) with unpremultiplied RGBA output, so that colors under alpha are preserved. A truncated file is an
/// error, never an image with gray parts. Damage inside the data, such as a premature end marker in a JPEG, may go unnoticed in
/// formats other than PNG, the only one with checksums. Safe to use from several threads at once.
/// </remarks>
public sealed class SkiaImageDecoder : IImageDecoder
{
    // The pool rounds up to powers of two and retains returned arrays, so larger buffers are not rented.
    private const int LargestRentedBytes = 1 << 24;

    /// <inheritdoc/>
    public ImageHeader ReadHeader(ReadOnlyMemory<byte> encoded) => ImageHeader.Read(encoded.Span);

    /// <inheritdoc/>
    public RgbImage Decode(ReadOnlyMemory<byte> encoded, ImageDecodeOptions? options = null)
    {
        options ??= ImageDecodeOptions.Default;
        options.CheckBytes(encoded.Length);
        ImageHeader header = ImageHeader.Read(encoded.Span);
        options.CheckPixels(header);
        switch (header.Format)
        {
            case ImageFormat.Bmp:
                return BmpReader.Decode(encoded.Span, options.Transparency);
            case ImageFormat.Gif:
                return GifReader.Decode(encoded.Span, options.Transparency);
            case ImageFormat.Png:
                ReadOnlyMemory<byte> png = PngEssentials.Of(encoded);
                return options.Gray16Window is not null && PngHeader.IsGray16(header)
                    ? Gray16PngReader.Decode(png, header, options)
                    : DecodeWithSkia(png, header, options);
            case ImageFormat.WebP:
                WebPHeader.RequireWhole(encoded.Span);
                break;
        }

        return DecodeWithSkia(encoded, header, options);
    }

    private static RgbImage DecodeWithSkia(ReadOnlyMemory<byte> encoded, ImageHeader header, ImageDecodeOptions options)
    {
        int byteCount = checked((int)(header.PixelCount * 4));
        byte[]? rented = byteCount <= LargestRentedBytes ? ArrayPool<byte>.Shared.Rent(byteCount) : null;
        try
        {
            Span<byte> pixels = (rented ?? GC.AllocateUninitializedArray<byte>(byteCount)).AsSpan(0, byteCount);
            bool isOpaque = ReadPixels(encoded, header, pixels);
            if (!isOpaque && header.Format == ImageFormat.Png)
            {
                PngColorKey.Apply(encoded.Span, header, pixels);
            }

            return RgbaConversion.ToRgb(
                header.Width, header.Height, pixels, isOpaque ? Transparency.Drop : options.Transparency);
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    private static unsafe bool ReadPixels(ReadOnlyMemory<byte> encoded, ImageHeader header, Span<byte> rgba)
    {
        using MemoryHandle pinned = encoded.Pin();
        using SKData data = SKData.Create((nint)pinned.Pointer, encoded.Length);
        using SKCodec? codec = SKCodec.Create(new SKMemoryStream(data), out SKCodecResult opened);
        if (codec is null)
        {
            throw Broken(header, opened);
        }

        SKImageInfo info = codec.Info;
        if (info.Width != header.Width || info.Height != header.Height)
        {
            throw HeaderBytes.Broken(
                header.Format,
                $"its header declares {header.Width} x {header.Height}, but its data {info.Width} x {info.Height}");
        }

        SKImageInfo wanted = new(header.Width, header.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        fixed (byte* target = rgba)
        {
            SKCodecResult result = codec.GetPixels(wanted, (nint)target);
            return result == SKCodecResult.Success
                ? info.AlphaType == SKAlphaType.Opaque
                : throw Broken(header, result);
        }
    }

    private static ImageFormatException Broken(ImageHeader header, SKCodecResult result) => HeaderBytes.Broken(
        header.Format,
        result switch
        {
            SKCodecResult.IncompleteInput =>
                $"it declares {header.Width} x {header.Height} pixels, but its data ends before the last of them",
            SKCodecResult.ErrorInInput or SKCodecResult.InvalidInput =>
                $"it declares {header.Width} x {header.Height} pixels, but its data can't be decoded",
            _ => $"it declares {header.Width} x {header.Height} pixels, but the decoder failed ({result})",
        });
}
