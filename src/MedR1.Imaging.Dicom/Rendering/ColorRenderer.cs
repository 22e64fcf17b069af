namespace MedR1.Imaging.Dicom;

/// <summary>Renders color images from decoded bytes.</summary>
internal static class ColorRenderer
{
    private const int MostEntries = 65_536;

    /// <summary>RGB unchanged, or full-range YCbCr converted to RGB (PS3.3, C.7.6.3.1.2).</summary>
    public static RgbImage Render(ReadOnlyMemory<byte> interleaved, PixelFormat format) => new(
        format.Columns, format.Rows, format.Photometric == "RGB" ? interleaved : FromYbr(interleaved.Span));

    /// <summary>Colors looked up in the file's three tables.</summary>
    /// <exception cref="DicomException">A table is missing or too short.</exception>
    public static RgbImage RenderPalette(int[] stored, PixelFormat format, ElementTable table)
    {
        byte[] pixels = new byte[stored.Length * 3];
        for (int channel = 0; channel < 3; channel++)
        {
            byte[] levels = Levels(table, channel, format.IsSigned, out int first);
            for (int i = 0; i < stored.Length; i++)
            {
                pixels[i * 3 + channel] = levels[Math.Clamp(stored[i] - first, 0, levels.Length - 1)];
            }
        }

        return new RgbImage(format.Columns, format.Rows, pixels);
    }

    private static byte[] FromYbr(ReadOnlySpan<byte> ybr)
    {
        byte[] rgb = new byte[ybr.Length];
        for (int i = 0; i + 2 < ybr.Length; i += 3)
        {
            double blue = ybr[i + 1] - 128;
            double red = ybr[i + 2] - 128;
            rgb[i] = Level(ybr[i] + 1.402 * red);

            // 0.114 * 1.772 and 0.299 * 1.402 over 0.587, as in JPEG (ITU-T T.871, 7) and pydicom; rounded to six digits, two colors
            // would be off by one level.
            rgb[i + 1] = Level(ybr[i] - (0.202008 * blue + 0.419198 * red) / 0.587);
            rgb[i + 2] = Level(ybr[i] + 1.772 * blue);
        }

        return rgb;
    }

    private static byte Level(double value) => (byte)Math.Clamp(Math.Floor(value + 0.5), 0, 255);

    private static byte[] Levels(ElementTable table, int channel, bool isSigned, out int first)
    {
        DicomTag descriptor = DicomTag.RedPaletteDescriptor with { Element = (ushort)(0x1101 + channel) };
        DicomTag data = DicomTag.RedPaletteData with { Element = (ushort)(0x1201 + channel) };
        if (table.Find(descriptor) is not { Value.Length: >= 6 } head || table.Find(data) is not DataElement body)
        {
            if (table.Find(DicomTag.SegmentedRedPaletteData) is not null)
            {
                throw new DicomException(
                    "The palette is segmented (0028,1221), which is not supported. Convert the file to RGB, for example with "
                    + "pydicom's apply_color_lut.");
            }

            throw new DicomException($"The palette tables {descriptor} and {data} are missing. A palette image needs them.");
        }

        int count = table.Number(descriptor, "palette");
        count = count == 0 ? MostEntries : count;

        // As in other lookup tables, the first mapped value is signed if the image's values are; 8-bit entries may be stored in
        // words.
        first = isSigned || head.Representation == "SS" ? (short)table.NumberAt(head, 1) : table.NumberAt(head, 1);
        bool isDeep = table.NumberAt(head, 2) > 8;
        bool isInWords = body.Value.Length >= count * 2;
        if (!isInWords && (isDeep || body.Value.Length < count))
        {
            throw new DicomException($"Palette table {data} has {body.Value.Length} bytes for {count} entries.");
        }

        byte[] levels = new byte[count];
        for (int i = 0; i < count; i++)
        {
            int entry = isInWords ? table.NumberAt(body, i) : body.Value.Span[i];
            levels[i] = (byte)(isDeep ? entry >> 8 : entry);
        }

        return levels;
    }
}
