namespace MedR1.Imaging;

/// <summary>Converts palette indices to colors.</summary>
internal static class IndexedPixels
{
    /// <summary>Number of colors in a table.</summary>
    public const int TableEntries = 256;

    /// <summary>A table in which color i is the gray level i.</summary>
    public static byte[] GrayTable()
    {
        byte[] table = new byte[TableEntries * 3];
        for (int i = 0; i < table.Length; i++)
        {
            table[i] = (byte)(i / 3);
        }

        return table;
    }

    /// <summary>Looks up each index.</summary>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="indices"><c>[height, width]</c> indices.</param>
    /// <param name="table">256 colors: red, green, blue.</param>
    public static RgbImage ToRgb(int width, int height, ReadOnlySpan<byte> indices, ReadOnlySpan<byte> table)
    {
        byte[] rgb = GC.AllocateUninitializedArray<byte>(indices.Length * 3);
        for (int i = 0, to = 0; i < indices.Length; i++, to += 3)
        {
            int from = indices[i] * 3;
            rgb[to] = table[from];
            rgb[to + 1] = table[from + 1];
            rgb[to + 2] = table[from + 2];
        }

        return new RgbImage(width, height, rgb);
    }
}
