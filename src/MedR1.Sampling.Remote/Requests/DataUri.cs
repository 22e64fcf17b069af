namespace MedR1.Sampling.Remote;

/// <summary>Images as text in a request.</summary>
internal static class DataUri
{
    /// <summary>Reads an image and encodes its bytes unchanged.</summary>
    /// <exception cref="IOException">The image can't be read.</exception>
    /// <exception cref="InvalidDataException">The image's format is unknown.</exception>
    public static string Of(IImageSource image)
    {
        using Stream stream = image.OpenRead();
        using MemoryStream bytes = new();
        stream.CopyTo(bytes);
        ReadOnlySpan<byte> encoded = bytes.GetBuffer().AsSpan(0, (int)bytes.Length);
        string type = MediaType(encoded) ?? throw new InvalidDataException(
            $"The image '{image.Name}' of {encoded.Length} bytes is not a PNG, JPEG, WebP, BMP or GIF; it starts with "
            + $"'{Convert.ToHexString(encoded[..Math.Min(8, encoded.Length)])}'.");
        return $"data:{type};base64,{Convert.ToBase64String(encoded)}";
    }

    /// <summary>The media type according to the first bytes, not the name, which may be wrong; null if it is unknown.</summary>
    internal static string? MediaType(ReadOnlySpan<byte> encoded) =>
        ImageSignature.IsPng(encoded) ? "image/png"
        : ImageSignature.IsJpeg(encoded) ? "image/jpeg"
        : ImageSignature.IsWebP(encoded) ? "image/webp"
        : ImageSignature.IsBmp(encoded) ? "image/bmp"
        : ImageSignature.IsGif(encoded) ? "image/gif"
        : null;
}
