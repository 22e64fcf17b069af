using System.Buffers.Binary;
using System.IO.Compression;

namespace MedR1.Imaging.Tests;

/// <summary>
/// Writes PNG files of any bit depth, filter and interlace method, valid or invalid on request.
/// </summary>
internal sealed class PngFile(int width, int height, byte bits, byte color)
{
    private static readonly byte[] Signature = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    public bool IsInterlaced { get; init; }

    public byte Filter { get; init; }

    public byte[]? Transparency { get; init; }

    /// <summary>Ready-made chunks between header and pixels.</summary>
    public byte[] Before { get; init; } = [];

    /// <summary>Ready-made chunks after the pixels.</summary>
    public byte[] Behind { get; init; } = [];

    /// <summary>Creates the file; <paramref name="pixel"/> returns the bytes of a pixel (whole bytes only).</summary>
    public byte[] Write(Func<int, int, byte[]> pixel)
    {
        using MemoryStream raw = new();
        foreach (PngPass pass in PngPass.Of(width, height, IsInterlaced))
        {
            byte[] above = [];
            for (int y = 0; y < pass.RowCount; y++)
            {
                int line = pass.RowOf(y);
                byte[] row = [.. Enumerable.Range(0, pass.ColumnCount).SelectMany(x => pixel(pass.ColumnOf(x), line))];
                raw.WriteByte(Filter);
                above = above.Length == 0 ? new byte[row.Length] : above;
                raw.Write(Filtered(row, above, row.Length / pass.ColumnCount));
                above = row;
            }
        }

        return Write(Compress(raw.ToArray()));
    }

    /// <summary>Creates the file around ready-made IDAT data; null omits the chunk.</summary>
    public byte[] Write(byte[]? imageData)
    {
        using MemoryStream file = new();
        file.Write(Signature);
        file.Write(Header(width, height, bits, color, IsInterlaced));
        if (Transparency is not null)
        {
            file.Write(Chunk("tRNS"u8, Transparency));
        }

        file.Write(Before);
        if (imageData is not null)
        {
            file.Write(Chunk("IDAT"u8, imageData));
        }

        file.Write(Behind);
        file.Write(Chunk("IEND"u8, []));
        return file.ToArray();
    }

    public static byte[] Compress(byte[] data)
    {
        using MemoryStream target = new();
        using (ZLibStream zlib = new(target, CompressionLevel.Optimal))
        {
            zlib.Write(data);
        }

        return target.ToArray();
    }

    public static byte[] Chunk(ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        byte[] chunk = new byte[data.Length + 12];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        type.CopyTo(chunk.AsSpan(4));
        data.CopyTo(chunk.AsSpan(8));
        uint checkSum = Crc32.Compute(chunk.AsSpan(4, 4 + data.Length));
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + data.Length), checkSum);
        return chunk;
    }

    private static byte[] Header(int width, int height, byte bits, byte color, bool isInterlaced)
    {
        byte[] data = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(data, width);
        BinaryPrimitives.WriteInt32BigEndian(data.AsSpan(4), height);
        (data[8], data[9], data[12]) = (bits, color, (byte)(isInterlaced ? 1 : 0));
        return Chunk("IHDR"u8, data);
    }

    private byte[] Filtered(byte[] row, byte[] above, int pixelBytes)
    {
        byte[] result = new byte[row.Length];
        for (int i = 0; i < row.Length; i++)
        {
            int left = i < pixelBytes ? 0 : row[i - pixelBytes];
            int corner = i < pixelBytes ? 0 : above[i - pixelBytes];
            int estimate = left + above[i] - corner;
            int a = Math.Abs(estimate - left);
            int b = Math.Abs(estimate - above[i]);
            int c = Math.Abs(estimate - corner);
            int paeth = a <= b && a <= c ? left : b <= c ? above[i] : corner;
            int guess = Filter switch { 0 => 0, 1 => left, 2 => above[i], 3 => (left + above[i]) / 2, _ => paeth };
            result[i] = (byte)(row[i] - guess);
        }

        return result;
    }
}
