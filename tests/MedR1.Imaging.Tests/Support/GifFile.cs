namespace MedR1.Imaging.Tests;

/// <summary>Writes GIF files with one frame and four colors: 0 red, 1 green, 2 blue, 3 gray.</summary>
internal static class GifFile
{
    public static readonly byte[] Palette = [200, 10, 20, 30, 210, 40, 50, 60, 220, 120, 120, 120];

    /// <summary>A screen with one frame at (left, top), whose pixels are given as indices.</summary>
    public static byte[] Write(
        int screenWidth,
        int screenHeight,
        int left,
        int top,
        int width,
        int height,
        byte[] indices,
        byte? transparent = null)
    {
        List<byte> file = [.. "GIF89a"u8];
        file.AddRange([.. Two(screenWidth), .. Two(screenHeight), 0x81, 0, 0]);
        file.AddRange(Palette);
        if (transparent is byte index)
        {
            file.AddRange([(byte)'!', 0xF9, 4, 1, 0, 0, index, 0]);
        }

        file.AddRange([(byte)',', .. Two(left), .. Two(top), .. Two(width), .. Two(height), 0, 2]);
        byte[] data = UncompressedCodes(indices);
        for (int i = 0; i < data.Length; i += 255)
        {
            byte[] block = data[i..Math.Min(i + 255, data.Length)];
            file.AddRange([(byte)block.Length, .. block]);
        }

        file.AddRange([0, (byte)';']);
        return [.. file];
    }

    // Codes of three bits: 4 clears the table, 5 ends. A clear code before each second index keeps the width at three
    // bits.
    private static byte[] UncompressedCodes(byte[] indices)
    {
        List<int> codes = [];
        for (int i = 0; i < indices.Length; i++)
        {
            if (i % 2 == 0)
            {
                codes.Add(4);
            }

            codes.Add(indices[i]);
        }

        codes.Add(5);
        byte[] data = new byte[(codes.Count * 3 + 7) / 8];
        for (int bit = 0; bit < codes.Count * 3; bit++)
        {
            data[bit / 8] |= (byte)((codes[bit / 3] >> (bit % 3) & 1) << (bit % 8));
        }

        return data;
    }

    private static byte[] Two(int value) => [(byte)value, (byte)(value >> 8)];
}
