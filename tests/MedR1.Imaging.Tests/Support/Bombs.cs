using System.Buffers.Binary;

namespace MedR1.Imaging.Tests;

/// <summary>Tiny files that announce images of billions of pixels.</summary>
internal static class Bombs
{
    public static byte[] Of(string format) => format switch
    {
        "PNG" => new PngFile(100_000, 100_000, 8, 6).Write(new byte[64]),
        "JPEG" =>
        [
            0xFF, 0xD8,
            0xFF, 0xC0, 0, 17, 8, 0xFF, 0xDC, 0xFF, 0xDC, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0,
            0xFF, 0xDA, .. new byte[64],
        ],
        "WebP" =>
        [
            .. "RIFF"u8, 100, 0, 0, 0,
            .. "WEBPVP8X"u8, 10, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0xFF, 0xFF, 0, .. new byte[64],
        ],
        "GIF" => GifFile.Write(65_535, 65_535, 0, 0, 65_535, 65_535, [0]),
        "GIF frame" => GifFile.Write(1, 1, 0, 0, 65_535, 65_535, [0]),
        "BMP" => Bmp(),
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "Unknown."),
    };

    private static byte[] Bmp()
    {
        byte[] file = BmpFile.Write(1, 1, 32, [0]);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(18), 100_000);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(22), -100_000);
        return file;
    }
}
