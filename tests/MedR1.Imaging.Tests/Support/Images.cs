using SkiaSharp;

namespace MedR1.Imaging.Tests;

/// <summary>Images and files for tests.</summary>
internal static class Images
{
    public static RgbImage Random(int width, int height, int seed)
    {
        byte[] pixels = new byte[width * height * 3];
        new Random(seed).NextBytes(pixels);
        return new RgbImage(width, height, pixels);
    }

    public static RgbImage Constant(int width, int height, byte red, byte green, byte blue)
    {
        byte[] pixels = new byte[width * height * 3];
        for (int i = 0; i < pixels.Length; i += 3)
        {
            (pixels[i], pixels[i + 1], pixels[i + 2]) = (red, green, blue);
        }

        return new RgbImage(width, height, pixels);
    }

    /// <summary>Encodes an image in a format with Skia.</summary>
    public static byte[] Encode(RgbImage image, SKEncodedImageFormat format, int quality = 100)
    {
        byte[] rgba = new byte[image.Width * image.Height * 4];
        for (int i = 0; i < rgba.Length / 4; i++)
        {
            image.Pixels.Span.Slice(i * 3, 3).CopyTo(rgba.AsSpan(i * 4));
            rgba[i * 4 + 3] = byte.MaxValue;
        }

        return EncodeRgba(rgba, image.Width, image.Height, format, quality, SKAlphaType.Opaque);
    }

    /// <summary>Encodes unpremultiplied RGBA in a format with Skia.</summary>
    public static unsafe byte[] EncodeRgba(
        byte[] rgba,
        int width,
        int height,
        SKEncodedImageFormat format,
        int quality = 100,
        SKAlphaType alpha = SKAlphaType.Unpremul)
    {
        fixed (byte* pixels = rgba)
        {
            SKImageInfo info = new(width, height, SKColorType.Rgba8888, alpha);
            using SKPixmap pixmap = new(info, (nint)pixels);
            using SKData data = pixmap.Encode(format, quality)!;
            return data.ToArray();
        }
    }
}
