using System.Buffers.Binary;
using System.Numerics;

namespace MedR1.Imaging;

/// <summary>Decodes Windows bitmaps to the same bytes as Pillow, and rejects those that Pillow rejects.</summary>
internal static class BmpReader
{
    public static RgbImage Decode(ReadOnlySpan<byte> encoded, Transparency transparency)
    {
        BmpHeader header = BmpHeader.Read(encoded);
        return header.HasPalette ? DecodeIndices(encoded, header) : DecodeColors(encoded, header, transparency);
    }

    private static RgbImage DecodeIndices(ReadOnlySpan<byte> encoded, BmpHeader header)
    {
        byte[] stored = header.Compression is BmpCompression.RunLength4 or BmpCompression.RunLength8
            ? BmpRunLength.Decode(encoded, header)
            : UnpackIndices(encoded, header);
        return IndexedPixels.ToRgb(header.Width, header.Height, InOrder(stored, header), Table(encoded, header));
    }

    private static byte[] UnpackIndices(ReadOnlySpan<byte> encoded, BmpHeader header)
    {
        RequireRows(encoded, header);
        int bits = header.BitsPerPixel;
        int largest = (1 << bits) - 1;
        byte[] indices = new byte[checked(header.Width * header.Height)];
        for (int row = 0; row < header.Height; row++)
        {
            ReadOnlySpan<byte> source = Row(encoded, header, row);
            Span<byte> target = indices.AsSpan(row * header.Width, header.Width);
            for (int column = 0; column < target.Length; column++)
            {
                int bit = column * bits;
                target[column] = (byte)(source[bit / 8] >> (8 - bits - bit % 8) & largest);
            }
        }

        return indices;
    }

    // Rows are stored bottom-up unless the header says otherwise.
    private static byte[] InOrder(byte[] indices, BmpHeader header)
    {
        if (header.IsTopDown)
        {
            return indices;
        }

        byte[] ordered = GC.AllocateUninitializedArray<byte>(indices.Length);
        for (int row = 0; row < header.Height; row++)
        {
            indices.AsSpan((header.Height - 1 - row) * header.Width, header.Width)
                .CopyTo(ordered.AsSpan(row * header.Width));
        }

        return ordered;
    }

    // Indices past the palette's end are black. If the palette is a gray ramp, Pillow ignores it and treats indices as gray levels.
    private static byte[] Table(ReadOnlySpan<byte> encoded, BmpHeader header)
    {
        byte[] table = new byte[IndexedPixels.TableEntries * 3];
        bool isRamp = header.PaletteCount != 2;
        for (int i = 0; i < header.PaletteCount; i++)
        {
            int start = header.PaletteStart + i * header.PaletteEntryBytes;
            if (start + 3 > encoded.Length)
            {
                return table;
            }

            (byte blue, byte green, byte red) = (encoded[start], encoded[start + 1], encoded[start + 2]);
            (table[i * 3], table[i * 3 + 1], table[i * 3 + 2]) = (red, green, blue);
            isRamp &= red == i && green == i && blue == i;
        }

        return isRamp ? IndexedPixels.GrayTable() : table;
    }

    private static RgbImage DecodeColors(ReadOnlySpan<byte> encoded, BmpHeader header, Transparency transparency)
    {
        RequireRows(encoded, header);
        bool isComposited = header.Masks.Alpha != 0 && transparency == Transparency.CompositeOverWhite;
        byte[] rgb = GC.AllocateUninitializedArray<byte>(checked(header.Width * header.Height * 3));
        for (int row = 0; row < header.Height; row++)
        {
            ReadOnlySpan<byte> source = Row(encoded, header, row);
            int line = header.IsTopDown ? row : header.Height - 1 - row;
            Span<byte> target = rgb.AsSpan(line * header.Width * 3, header.Width * 3);
            if (header.BitsPerPixel == 16)
            {
                WidenRow(source, target, header.Masks);
            }
            else
            {
                CopyRow(source, target, header);
            }

            if (isComposited)
            {
                CompositeRow(source, target, header.Masks);
            }
        }

        return new RgbImage(header.Width, header.Height, rgb);
    }

    // Pillow widens five and six bits by value * 255 / 31 (or 63), truncated.
    private static void WidenRow(ReadOnlySpan<byte> source, Span<byte> target, BmpMasks masks)
    {
        int greenBits = BitOperations.PopCount(masks.Green);
        int greenLargest = (1 << greenBits) - 1;
        for (int column = 0; column < target.Length / 3; column++)
        {
            int pixel = BinaryPrimitives.ReadUInt16LittleEndian(source[(column * 2)..]);
            target[column * 3] = (byte)((pixel >> (5 + greenBits) & 31) * 255 / 31);
            target[column * 3 + 1] = (byte)((pixel >> 5 & greenLargest) * 255 / greenLargest);
            target[column * 3 + 2] = (byte)((pixel & 31) * 255 / 31);
        }
    }

    private static void CopyRow(ReadOnlySpan<byte> source, Span<byte> target, BmpHeader header)
    {
        int step = header.BitsPerPixel / 8;
        int red = ByteOf(header.Masks.Red);
        int green = ByteOf(header.Masks.Green);
        int blue = ByteOf(header.Masks.Blue);
        for (int from = 0, to = 0; to < target.Length; from += step, to += 3)
        {
            target[to] = source[from + red];
            target[to + 1] = source[from + green];
            target[to + 2] = source[from + blue];
        }
    }

    private static void CompositeRow(ReadOnlySpan<byte> source, Span<byte> target, BmpMasks masks)
    {
        int alpha = ByteOf(masks.Alpha);
        for (int column = 0; column < target.Length / 3; column++)
        {
            byte opacity = source[column * 4 + alpha];
            Span<byte> pixel = target.Slice(column * 3, 3);
            for (int sample = 0; sample < pixel.Length; sample++)
            {
                pixel[sample] = RgbaConversion.OverWhite(pixel[sample], opacity);
            }
        }
    }

    private static int ByteOf(uint mask) => BitOperations.TrailingZeroCount(mask) / 8;

    // Checked before allocation, so that a truncated file costs no memory. Only the padding of the last row may be missing.
    private static void RequireRows(ReadOnlySpan<byte> encoded, BmpHeader header)
    {
        if (RowStart(header, header.Height - 1) + RowBytes(header) > encoded.Length)
        {
            throw HeaderBytes.Broken(
                ImageFormat.Bmp,
                $"it declares {header.Width} x {header.Height} pixels, but its data ends before the last of them");
        }
    }

    private static ReadOnlySpan<byte> Row(ReadOnlySpan<byte> encoded, BmpHeader header, int row) =>
        encoded.Slice((int)RowStart(header, row), (int)RowBytes(header));

    // Rows are padded to whole words of 32 bits.
    private static long RowStart(BmpHeader header, int row) =>
        header.DataStart + row * (((long)header.Width * header.BitsPerPixel + 31) / 32 * 4);

    private static long RowBytes(BmpHeader header) => ((long)header.Width * header.BitsPerPixel + 7) / 8;
}
