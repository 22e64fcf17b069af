using System.Buffers.Binary;

namespace MedR1.Imaging;

/// <summary>
/// Reads PNG files with 16-bit gray samples (color types 0 and 4), so that a window can be applied to all 65,536 levels.
/// </summary>
internal static class Gray16PngReader
{
    private const int InterlaceMethodOffset = 28;
    private const int BytesPerSample = 2;

    public static RgbImage Decode(ReadOnlyMemory<byte> encoded, ImageHeader header, ImageDecodeOptions options)
    {
        PngChunks chunks = PngChunks.Read(encoded.Span);
        bool isInterlaced = encoded.Span[InterlaceMethodOffset] == 1;
        int bytesPerPixel = header.Channels * BytesPerSample;
        byte[] rgb = GC.AllocateUninitializedArray<byte>(checked((int)(header.PixelCount * 3)));
        byte[] table = MakeTable(options.Gray16Window!);
        PixelWriter writer = new(rgb, header, table, chunks.TransparentGray, options.Transparency);
        using PngRowReader rows = new(chunks.ImageData, bytesPerPixel);
        foreach (PngPass pass in PngPass.Of(header.Width, header.Height, isInterlaced))
        {
            rows.StartPass(pass.ColumnCount);
            for (int row = 0; row < pass.RowCount; row++)
            {
                writer.Write(rows.ReadRow(), pass, row);
            }
        }

        return new RgbImage(header.Width, header.Height, rgb);
    }

    private static byte[] MakeTable(Gray16Window window)
    {
        byte[] table = new byte[ushort.MaxValue + 1];
        for (int sample = 0; sample < table.Length; sample++)
        {
            table[sample] = window.Map((ushort)sample);
        }

        return table;
    }

    private readonly ref struct PixelWriter(
        Span<byte> rgb,
        ImageHeader header,
        ReadOnlySpan<byte> table,
        ushort? transparentGray,
        Transparency transparency)
    {
        private readonly Span<byte> _rgb = rgb;
        private readonly ReadOnlySpan<byte> _table = table;

        public void Write(ReadOnlySpan<byte> row, PngPass pass, int rowOfPass)
        {
            int line = pass.RowOf(rowOfPass) * header.Width;
            int stride = header.Channels * BytesPerSample;
            for (int column = 0; column < pass.ColumnCount; column++)
            {
                ReadOnlySpan<byte> pixel = row.Slice(column * stride, stride);
                ushort sample = BinaryPrimitives.ReadUInt16BigEndian(pixel);
                byte gray = _table[sample];
                if (transparency == Transparency.CompositeOverWhite)
                {
                    // The high byte of a 16-bit alpha, as Pillow takes it.
                    byte keyed = sample == transparentGray ? (byte)0 : byte.MaxValue;
                    byte alpha = header.Channels == 2 ? pixel[BytesPerSample] : keyed;
                    gray = RgbaConversion.OverWhite(gray, alpha);
                }

                _rgb.Slice((line + pass.ColumnOf(column)) * 3, 3).Fill(gray);
            }
        }
    }
}
