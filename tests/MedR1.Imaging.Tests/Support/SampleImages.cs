using SkiaSharp;

namespace MedR1.Imaging.Tests;

/// <summary>A small file of each format, including that of the library's 16-bit reader.</summary>
internal static class SampleImages
{
    public static byte[] Of(string format)
    {
        RgbImage image = Images.Random(40, 30, seed: 3);
        return format switch
        {
            "PNG" => Images.Encode(image, SKEncodedImageFormat.Png),
            "PNG16" => new PngFile(40, 30, 16, 0).Write((x, y) => [(byte)(x * 6), (byte)(y * 8)]),
            "JPEG" => Images.Encode(image, SKEncodedImageFormat.Jpeg, quality: 90),
            "WebP" => Images.Encode(image, SKEncodedImageFormat.Webp, quality: 90),
            "BMP" => BmpFile.Write(40, 30, 32, [.. Enumerable.Range(0, 1200).Select(i => (uint)i * 77_777)]),
            _ => GifFile.Write(40, 30, 0, 0, 40, 30, [.. Enumerable.Range(0, 1200).Select(i => (byte)(i % 4))]),
        };
    }
}
