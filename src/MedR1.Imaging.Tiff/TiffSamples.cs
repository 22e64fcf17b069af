using BitMiracle.LibTiff.Classic;
using Handle = BitMiracle.LibTiff.Classic.Tiff;

namespace MedR1.Imaging.Tiff;

/// <summary>Decodes the strips or tiles of a page and brings the samples into one order.</summary>
internal static class TiffSamples
{
    /// <summary>The samples, <see cref="TiffPage.BytesPerSample"/> bytes each: <c>[height, width, samples]</c>.</summary>
    public static byte[] Read(Handle handle, TiffPage page)
    {
        int planes = page.HasSeparatePlanes ? page.SamplesPerPixel : 1;
        int samples = page.SamplesPerPixel / planes;
        int bytes = page.BytesPerSample;
        byte[] all = new byte[checked(page.Width * page.Height * page.SamplesPerPixel * bytes)];
        for (int plane = 0; plane < planes; plane++)
        {
            foreach ((int left, int top, int width, int height, byte[] block) in Blocks(handle, page, plane, samples))
            {
                for (int row = 0; row < Math.Min(height, page.Height - top); row++)
                {
                    int stride = (width * samples * page.BitsPerSample + 7) / 8;
                    ReadOnlySpan<byte> source = block.AsSpan(row * stride, stride);
                    for (int column = 0; column < Math.Min(width, page.Width - left); column++)
                    {
                        int pixel = (top + row) * page.Width + left + column;
                        for (int sample = 0; sample < samples; sample++)
                        {
                            int to = (pixel * page.SamplesPerPixel + plane + sample) * bytes;
                            Copy(source, column * samples + sample, page.BitsPerSample, all.AsSpan(to, bytes));
                        }
                    }
                }
            }
        }

        return all;
    }

    private static void Copy(ReadOnlySpan<byte> row, int index, int bits, Span<byte> target)
    {
        if (bits > 8)
        {
            row.Slice(index * target.Length, target.Length).CopyTo(target);
            return;
        }

        int bit = index * bits;
        target[0] = (byte)(row[bit / 8] >> (8 - bits - bit % 8) & ((1 << bits) - 1));
    }

    private static IEnumerable<(int Left, int Top, int Width, int Height, byte[] Block)> Blocks(
        Handle handle, TiffPage page, int plane, int samples)
    {
        if (!handle.IsTiled())
        {
            long rows = handle.GetFieldDefaulted(TiffTag.ROWSPERSTRIP) is [var value, ..] ? (uint)value.ToInt() : page.Height;
            int perStrip = (int)Math.Clamp(rows, 1, page.Height);
            byte[] strip = new byte[Size(page.Width, perStrip)];
            for (int top = 0; top < page.Height; top += perStrip)
            {
                int height = Math.Min(perStrip, page.Height - top), size = Size(page.Width, height);
                int read = handle.ReadEncodedStrip(handle.ComputeStrip(top, (short)plane), strip, 0, size);
                yield return read == size ? (0, top, page.Width, height, strip) : throw page.BrokenData();
            }

            yield break;
        }

        (int width, int length) = (Number(TiffTag.TILEWIDTH), Number(TiffTag.TILELENGTH));
        if (width < 1 || length < 1 || (long)width * length > Math.Max(1L << 26, 4L * page.Width * page.Height))
        {
            throw page.BrokenData();
        }

        byte[] tile = new byte[Size(width, length)];
        for (int top = 0; top < page.Height; top += length)
        {
            for (int left = 0; left < page.Width; left += width)
            {
                int read = handle.ReadEncodedTile(handle.ComputeTile(left, top, 0, (short)plane), tile, 0, tile.Length);
                yield return read == tile.Length ? (left, top, width, length, tile) : throw page.BrokenData();
            }
        }

        int Size(int columns, int rows) => checked((int)(((long)columns * samples * page.BitsPerSample + 7) / 8 * rows));
        int Number(TiffTag tag) => handle.GetField(tag) is [var value, ..] ? value.ToInt() : 0;
    }
}
