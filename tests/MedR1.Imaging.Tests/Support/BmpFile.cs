using System.Buffers.Binary;

namespace MedR1.Imaging.Tests;

/// <summary>Writes BMP files with rows from the bottom up.</summary>
internal static class BmpFile
{
    /// <summary>
    /// An image with 16 or 32 bits per pixel; with masks (red, green, blue, alpha), it has a BITMAPV4HEADER with bit fields.
    /// </summary>
    public static byte[] Write(int width, int height, int bits, uint[] pixels, uint[]? masks = null)
    {
        int headerBytes = masks is null ? 40 : 108;
        int stride = (width * bits / 8 + 3) / 4 * 4;
        byte[] file = new byte[14 + headerBytes + stride * height];
        file[0] = (byte)'B';
        file[1] = (byte)'M';
        Int32(file, 2, file.Length);
        Int32(file, 10, 14 + headerBytes);
        Int32(file, 14, headerBytes);
        Int32(file, 18, width);
        Int32(file, 22, height);
        file[26] = 1;
        file[28] = (byte)bits;
        Int32(file, 30, masks is null ? 0 : 3);
        for (int i = 0; masks is not null && i < 4; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(54 + i * 4), masks[i]);
        }

        for (int i = 0; i < pixels.Length; i++)
        {
            int offset = 14 + headerBytes + (height - 1 - i / width) * stride + i % width * bits / 8;
            for (int part = 0; part < bits / 8; part++)
            {
                file[offset + part] = (byte)(pixels[i] >> (8 * part));
            }
        }

        return file;
    }

    /// <summary>
    /// A run-length encoded image (BI_RLE8 or, with 4 bits per pixel, BI_RLE4) with a palette of blue, green, red, 0.
    /// </summary>
    public static byte[] WriteRunLength(int width, int height, byte[] palette, byte[] runs, int bits = 8)
    {
        byte[] head = Write(width, height, bits, []);
        Array.Resize(ref head, 54);
        byte[] file = [.. head, .. palette, .. runs];
        Int32(file, 2, file.Length);
        Int32(file, 10, 54 + palette.Length);
        Int32(file, 30, bits == 8 ? 1 : 2);
        Int32(file, 34, runs.Length);
        Int32(file, 46, palette.Length / 4);
        return file;
    }

    private static void Int32(byte[] file, int offset, int value) =>
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(offset), value);
}
