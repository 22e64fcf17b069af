using System.Text.Json;
using MedR1.Imaging;

namespace MedR1.Conformance;

/// <summary>The images of a case: a file next to it, or one given by a formula.</summary>
public static class CaseImages
{
    private static readonly SkiaImageDecoder Decoder = new();

    /// <summary>
    /// Reads <c>{"image": {"file": …}}</c>, <c>{"file": …}</c> or <c>{"hashed": {width, height, seed}}</c>.
    /// </summary>
    public static RgbImage Load(ConformanceCase conformanceCase, JsonElement item, ImageDecodeOptions? options = null)
    {
        if (item.TryGetProperty("hashed", out JsonElement hashed))
        {
            return Hashed(
                hashed.GetProperty("width").GetInt32(),
                hashed.GetProperty("height").GetInt32(),
                hashed.GetProperty("seed").GetUInt32());
        }

        JsonElement file = item.TryGetProperty("image", out JsonElement image) ? image : item;
        return Decoder.Decode(File.ReadAllBytes(conformanceCase.FilePath(file)), options);
    }

    /// <summary>Creates the image of the formula in the description of the kinds.</summary>
    public static RgbImage Hashed(int width, int height, uint seed)
    {
        byte[] pixels = new byte[width * height * 3];
        for (int i = 0; i < pixels.Length; i++)
        {
            uint x = (uint)(i / 3 % width);
            uint y = (uint)(i / 3 / width);
            uint channel = (uint)(i % 3);
            uint mixed = unchecked(((x * 73856093) ^ (y * 19349663) ^ (channel * 83492791) ^ seed) * 2654435761);
            pixels[i] = (byte)(mixed >> 24);
        }

        return new RgbImage(width, height, pixels);
    }
}
