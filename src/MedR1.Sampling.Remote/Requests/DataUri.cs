namespace MedR1.Sampling.Remote;

/// <summary>Images as text in a request.</summary>
internal static class DataUri
{
    /// <summary>Reads an image and encodes its bytes unchanged.</summary>
    /// <exception cref="IOException">The image can't be read.</exception>
    /// <exception cref="InvalidDataException">Its format is unknown.</exception>
    public static string Of(IImageSource image)
    {
        using Stream stream = image.OpenRead();
        using MemoryStream bytes = new();
        stream.CopyTo(bytes);
        ReadOnlySpan<byte> encoded = bytes.GetBuffer().AsSpan(0, (int)bytes.Length);
        string type = MediaType(encoded) ?? throw new InvalidDataException(
            $"The picture '{image.Name}' of {encoded.Length} bytes is no PNG, JPEG, WebP, BMP or GIF; it starts with "
            + $"'{Convert.ToHexString(encoded[..Math.Min(8, encoded.Length)])}'.");
        return $"data:{type};base64,{Convert.ToBase64String(encoded)}";
    }

    /// <summary>The type according to the first bytes, not the name, which may be wrong; null if it is unknown.</summary>
    internal static string? MediaType(ReadOnlySpan<byte> encoded) => encoded switch
    {
        [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => "image/png",
        [0xFF, 0xD8, 0xFF, ..] => "image/jpeg",
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] =>
            "image/webp",
        [(byte)'B', (byte)'M', ..] => "image/bmp",
        [(byte)'G', (byte)'I', (byte)'F', (byte)'8', ..] => "image/gif",
        _ => null,
    };
}
