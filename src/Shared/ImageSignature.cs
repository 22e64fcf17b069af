namespace MedR1;

/// <summary>Recognizes image formats by a file's first bytes, since file names can be wrong.</summary>
internal static class ImageSignature
{
    public static bool IsPng(ReadOnlySpan<byte> encoded) =>
        encoded.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);

    public static bool IsJpeg(ReadOnlySpan<byte> encoded) => encoded is [0xFF, 0xD8, ..];

    public static bool IsWebP(ReadOnlySpan<byte> encoded) =>
        encoded.Length >= 12 && encoded.StartsWith("RIFF"u8) && encoded[8..12].SequenceEqual("WEBP"u8);

    public static bool IsBmp(ReadOnlySpan<byte> encoded) => encoded.StartsWith("BM"u8);

    public static bool IsGif(ReadOnlySpan<byte> encoded) =>
        encoded.StartsWith("GIF87a"u8) || encoded.StartsWith("GIF89a"u8);
}
