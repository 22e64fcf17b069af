namespace MedR1.Imaging;

/// <summary>Decodes the first frame of a GIF to the same bytes as Pillow.</summary>
internal static class GifReader
{
    public static RgbImage Decode(ReadOnlySpan<byte> encoded, Transparency transparency)
    {
        GifHeader header = GifHeader.Read(encoded);
        byte[] table = Table(encoded, header);
        if (header.TransparentIndex is int clear && transparency == Transparency.CompositeOverWhite)
        {
            table.AsSpan(clear * 3, 3).Fill(byte.MaxValue);
        }

        byte[] frame = GifIndices.Decode(encoded, header);
        return IndexedPixels.ToRgb(header.Width, header.Height, OnScreen(frame, header), table);
    }

    // Pillow ignores a palette that is a gray ramp: it uses the screen's palette instead of the frame's, and without any, indices
    // are gray levels. Indices past a palette's end are black.
    private static byte[] Table(ReadOnlySpan<byte> encoded, GifHeader header)
    {
        byte[] table = IndexedPixels.GrayTable();
        foreach (Range range in (ReadOnlySpan<Range>)[header.Palette, header.GlobalPalette])
        {
            ReadOnlySpan<byte> palette = encoded[range];
            if (!palette.SequenceEqual(table.AsSpan(0, palette.Length)))
            {
                Array.Clear(table);
                palette.CopyTo(table);
                return table;
            }
        }

        return table;
    }

    // Outside the frame, the screen has the transparent index, or index 0 if there is none.
    private static byte[] OnScreen(ReadOnlySpan<byte> frame, GifHeader header)
    {
        byte[] screen = new byte[checked(header.Width * header.Height)];
        screen.AsSpan().Fill((byte)(header.TransparentIndex ?? 0));
        int read = 0;
        foreach (int row in header.Frame.Rows())
        {
            int start = (header.Frame.Top + row) * header.Width + header.Frame.Left;
            frame.Slice(read, header.Frame.Width).CopyTo(screen.AsSpan(start));
            read += header.Frame.Width;
        }

        return screen;
    }
}
