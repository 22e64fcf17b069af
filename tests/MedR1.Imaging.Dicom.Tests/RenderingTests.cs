namespace MedR1.Imaging.Dicom.Tests;

public sealed class RenderingTests
{
    [Fact]
    public void Signed_values_are_rescaled_and_windowed_by_the_standard()
    {
        // 12 bits, signed: 0xFFF is -1. x = 2 v - 10. Window 10 around 0 (PS3.3 C.11.2.1.2): black up to -5, white above 4,
        // between ((x + 0.5) / 9 + 0.5) * 255; x = -12 gives 0, x = -10 gives 0, x = 0 gives 141.67, x = 4 gives 255.
        DicomWriter writer = Signed(0xFFF, 0, 5, 7, 100);
        Assert.Equal([-1, 0, 5, 7, 100], DicomFile.Read(writer.Write()).StoredValues());
        Assert.Equal([0, 0, 142, 255, 255], Gray(writer, new DicomWindow(0, 10)));
        Assert.Equal([255, 255, 113, 0, 0], Gray(Inverse(Signed(0xFFF, 0, 5, 7, 100)), new DicomWindow(0, 10)));

        // The window of the file, here the first of two: 20 around 5, so that x = 0 gives ((0 - 4.5) / 19 + 0.5) * 255 = 67.1.
        writer.Text(0x0028, 0x1050, "DS", "5\\40").Text(0x0028, 0x1051, "DS", "20\\400");
        Assert.Equal([0, 0, 67, 121, 255], Gray(writer, null));

        // LINEAR_EXACT: ((0 - 5) / 20 + 0.5) * 255 = 63.75. SIGMOID: 255 / (1 + exp(-4 (0 - 5) / 20)) = 68.6.
        writer.Text(0x0028, 0x1056, "CS", "LINEAR_EXACT");
        Assert.Equal(64, Gray(writer, null)[2]);
        writer.Text(0x0028, 0x1056, "CS", "SIGMOID");
        Assert.Equal(69, Gray(writer, null)[2]);
    }

    [Fact]
    public void Without_a_window_bytes_are_unchanged_and_words_are_stretched()
    {
        DicomWriter bytes = new(DicomWriter.ExplicitLittle, 3, 1) { Samples = [7, 100, 255] };
        Assert.Equal([7, 100, 255], Gray(bytes, null));
        DicomWriter words = new(DicomWriter.ExplicitLittle, 3, 1, 16) { Samples = [1000, 2000, 5000] };
        Assert.Equal([0, 64, 255], Gray(words, null));
    }

    [Fact]
    public void Stored_bits_end_at_the_high_bit()
    {
        // 12 stored bits with bit 15 as the highest: the four lowest bits don't belong to the image.
        DicomWriter writer = new DicomWriter(DicomWriter.ExplicitLittle, 2, 1, 16) { Samples = [0xABCF, 0x001F] }
            .Number(0x0028, 0x0101, 12).Number(0x0028, 0x0102, 15);
        Assert.Equal([0xABC, 1], DicomFile.Read(writer.Write()).StoredValues());
    }

    // A mask often has one stored bit in a byte.
    [Fact]
    public void One_stored_bit_is_enough()
    {
        DicomWriter writer = new DicomWriter(DicomWriter.ExplicitLittle, 2, 1) { Samples = [0, 1] }
            .Number(0x0028, 0x0101, 1).Number(0x0028, 0x0102, 0);
        Assert.Equal([0, 1], DicomFile.Read(writer.Write()).StoredValues());
        Assert.Equal([0, 255], Gray(writer, null));
    }

    // A width of 1 shows two levels (PS3.3, C.11.2.1.2.1): black up to the centre minus 0.5, white above.
    [Fact]
    public void A_window_of_width_1_has_two_levels_and_no_narrower_one_can_be_given()
    {
        DicomWriter writer = new DicomWriter(DicomWriter.ExplicitLittle, 3, 1) { Samples = [9, 10, 11] }
            .Text(0x0028, 0x1053, "DS", "0.25");
        Assert.Equal([0, 0, 255], Gray(writer, new DicomWindow(3, 1)));
        Assert.Throws<DicomException>(() => Gray(writer, new DicomWindow(3, 0.5)));
        Assert.Throws<DicomException>(() => Gray(writer, new DicomWindow(3, double.NaN)));
        Assert.Throws<DicomException>(() => Gray(writer, new DicomWindow(double.NaN, 5)));
    }

    [Fact]
    public void Colors_are_interleaved_or_planar_or_YBR_or_from_a_palette()
    {
        DicomWriter interleaved = new(DicomWriter.ExplicitLittle, 2, 1, 8, "RGB") { Samples = [1, 2, 3, 4, 5, 6] };
        Assert.Equal([1, 2, 3, 4, 5, 6], Pixels(interleaved));
        DicomWriter planes = new DicomWriter(DicomWriter.ExplicitLittle, 2, 1, 8, "RGB") { Samples = [1, 4, 2, 5, 3, 6] }
            .Number(0x0028, 0x0006, 1);
        Assert.Equal([1, 2, 3, 4, 5, 6], Pixels(planes));

        // Y 76, Cb 85, Cr 255 is pure red: R = 76 + 1.402 * 127 = 254.05, G = 76 + 14.8 - 90.7 = 0.1, B = 76 - 76.2 = -0.2.
        DicomWriter ybr = new(DicomWriter.ExplicitLittle, 2, 1, 8, "YBR_FULL") { Samples = [76, 85, 255, 128, 128, 128] };
        Assert.Equal([254, 0, 0, 128, 128, 128], Pixels(ybr));

        // Greens next to a half: 100 + (0.202008 * 70 + 0.419198 * 121) / 0.587 = 210.50003, 200 - (the same) = 89.49997.
        ybr.Samples = [100, 58, 7, 200, 198, 249];
        Assert.Equal([0, 211, 0, 255, 89, 255], Pixels(ybr));

        DicomWriter palette = new(DicomWriter.ExplicitLittle, 3, 1, 8, "PALETTE COLOR") { Samples = [10, 11, 200] };
        for (ushort channel = 0; channel < 3; channel++)
        {
            palette.Number(0x0028, (ushort)(0x1101 + channel), 2, 10, 16);
            palette.Number(0x0028, (ushort)(0x1201 + channel), (0x20 + channel) << 8, (0x40 + channel) << 8);
        }

        Assert.Equal([0x20, 0x21, 0x22, 0x40, 0x41, 0x42, 0x40, 0x41, 0x42], Pixels(palette));
    }

    [Fact]
    public void Entries_of_an_8_bit_palette_are_bytes_or_words()
    {
        // pydicom's apply_color_lut also distinguishes them by the length of the data.
        Assert.Equal([10, 20, 30, 40], Gray(Palette([0, 1, 2, 3], [4, 0, 8], 0x140A, 0x281E), null));
        Assert.Equal([10, 20, 30, 40], Gray(Palette([0, 1, 2, 3], [4, 0, 8], 10, 20, 30, 40), null));
        Assert.Equal([10, 20, 30], Gray(Palette([0, 1, 2], [3, 0, 8], 0x140A, 0x001E), null));
        Assert.Contains(
            "6 bytes for 4 entries",
            Assert.Throws<DicomException>(() => Pixels(Palette([0], [4, 0, 16], 1, 2, 3))).Message);
    }

    // PS3.3, C.7.6.3.1.5: 0 entries mean 65,536; entry i is i here, of which the high byte is shown.
    [Fact]
    public void A_palette_may_have_an_entry_for_every_word()
    {
        byte[] entries = DicomBytes.Words([.. Enumerable.Range(0, 65_536)]);
        DicomWriter writer = new(DicomWriter.ExplicitLittle, 3, 1, 16, "PALETTE COLOR") { Samples = [0, 0x1234, 0xFFFF] };
        for (ushort channel = 0; channel < 3; channel++)
        {
            writer.Number(0x0028, (ushort)(0x1101 + channel), 0, 0, 16);
            writer.Raw = [.. writer.Raw, .. DicomBytes.Long(0x0028, (ushort)(0x1201 + channel), "OW", entries)];
        }

        Assert.Equal([0, 0x12, 0xFF], Gray(writer, null));
    }

    [Fact]
    public void A_palette_of_unsigned_values_may_start_above_32767()
    {
        DicomWriter writer = Palette([39_999, 40_000, 40_001], [2, 40_000, 16], 0x2000, 0x4000)
            .Number(0x0028, 0x0100, 16).Number(0x0028, 0x0101, 16).Number(0x0028, 0x0102, 15);
        Assert.Equal([0x20, 0x20, 0x40], Gray(writer, null));
    }

    [Fact]
    public void A_palette_of_signed_values_may_start_below_0()
    {
        DicomWriter writer = Palette([0x80, 0xFF, 0, 1, 50], [3, 0xFFFF, 16], 0x2000, 0x4000, 0x6000).Number(0x0028, 0x0103, 1);
        Assert.Equal([0x20, 0x20, 0x40, 0x60, 0x60], Gray(writer, null));
    }

    [Fact]
    public void Neighbours_share_their_color_in_YBR_FULL_422()
    {
        // Y 76, Y 150, Cb 85, Cr 255: R = Y + 1.402 * 127 = 254.05 and above; G = Y + 14.8 - 90.7 = 0.1 and 74.1; B = Y - 76.2.
        DicomWriter writer = new(DicomWriter.ExplicitLittle, 2, 1, 8, "YBR_FULL_422") { Samples = [76, 150, 85, 255] };
        Assert.Equal([254, 0, 0, 255, 74, 74], Pixels(writer));

        // The second pair is gray, as Cb and Cr are 128.
        DicomWriter pairs = new(DicomWriter.ExplicitLittle, 2, 2, 8, "YBR_FULL_422")
        {
            Samples = [76, 150, 85, 255, 10, 20, 128, 128],
        };
        Assert.Equal([254, 0, 0, 255, 74, 74, 10, 10, 10, 20, 20, 20], Pixels(pairs));
        DicomWriter odd = new(DicomWriter.ExplicitLittle, 3, 1, 8, "YBR_FULL_422") { Samples = [76, 150, 85, 255, 1, 1, 1, 1] };
        Assert.Contains("even number", Assert.Throws<DicomException>(() => Pixels(odd)).Message);
    }

    [Fact]
    public void A_source_gives_an_image_that_the_decoder_can_read()
    {
        byte[] file = new DicomWriter(DicomWriter.ExplicitLittle, 3, 1) { Samples = [7, 100, 255] }.Write();
        DicomImageSource source = new(new BytesImageSource("scan.dcm", file));
        RgbImage image = new SkiaImageDecoder().Load(new Copy(source));
        Assert.Equal([7, 7, 7, 100, 100, 100, 255, 255, 255], image.Pixels.ToArray());
        DicomException exception = Assert.Throws<DicomException>(() => new DicomImageSource(
            new BytesImageSource("scan.dcm", file), new DicomRenderOptions { Frame = 1 }).OpenRead());
        Assert.Equal("scan.dcm", source.Name);
        Assert.Contains("'scan.dcm' has 1 frames", exception.Message);
    }

    private static DicomWriter Signed(params ushort[] samples) =>
        new DicomWriter(DicomWriter.ExplicitLittle, samples.Length, 1, 12) { Samples = samples }
            .Number(0x0028, 0x0103, 1)
            .Text(0x0028, 0x1052, "DS", "-10")
            .Text(0x0028, 0x1053, "DS", "2");

    private static DicomWriter Palette(ushort[] samples, int[] descriptor, params int[] entries)
    {
        DicomWriter writer = new(DicomWriter.ExplicitLittle, samples.Length, 1, 8, "PALETTE COLOR") { Samples = samples };
        for (ushort channel = 0; channel < 3; channel++)
        {
            writer.Number(0x0028, (ushort)(0x1101 + channel), descriptor);
            writer.Number(0x0028, (ushort)(0x1201 + channel), entries);
        }

        return writer;
    }

    private static DicomWriter Inverse(DicomWriter writer) => writer.Text(0x0028, 0x0004, "CS", "MONOCHROME1");

    private static byte[] Pixels(DicomWriter writer) => DicomFile.Read(writer.Write()).Render().Pixels.ToArray();

    private static int[] Gray(DicomWriter writer, DicomWindow? window)
    {
        byte[] pixels = DicomFile.Read(writer.Write()).Render(new DicomRenderOptions { Window = window }).Pixels.ToArray();
        return [.. pixels.Where((_, i) => i % 3 == 0).Select(value => (int)value)];
    }

    // Hides the type, so that the file is decoded.
    private sealed class Copy(IImageSource source) : IImageSource
    {
        public string Name => source.Name;

        public Stream OpenRead() => source.OpenRead();
    }
}
