namespace MedR1.Imaging.Dicom.Tests;

/// <summary>Rescale and window of a frame and lookup tables, wherever a file has them (PS3.3, C.7.6.16 and C.11).</summary>
public sealed class FrameWindowTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Each_frame_has_the_rescale_and_the_window_of_its_functional_groups(bool hasLength)
    {
        // Shared: x = 2 v - 10. Frame 0: width 4 around 0, exact; frame 1: a different rescale x = v, width 10 around 5, exact.
        byte[] shared = DicomBytes.Sequence(0x0028, 0x9145, hasLength, Rescale("-10", "2"));
        DicomWriter writer = new DicomWriter(DicomWriter.ExplicitLittle, 3, 1)
        {
            Samples = [4, 5, 6, 0, 5, 10],
            Raw =
            [
                .. DicomBytes.Sequence(0x5200, 0x9229, hasLength, shared),
                .. DicomBytes.Sequence(
                    0x5200, 0x9230, hasLength,
                    DicomBytes.Sequence(0x0028, 0x9132, hasLength, Window("0", "4")),
                    [
                        .. DicomBytes.Sequence(0x0028, 0x9132, hasLength, Window("5", "10")),
                        .. DicomBytes.Sequence(0x0028, 0x9145, hasLength, Rescale("0", "1")),
                    ]),
            ],
        }.Text(0x0028, 0x0008, "IS", "2");
        DicomFile file = DicomFile.Read(writer.Write());

        // x = -2, 0, 2 in [-2, 2]; then 0, 5, 10 in [0, 10]: black, middle (127.5, rounded up), white.
        Assert.Equal([0, 128, 255], Gray(file, new DicomRenderOptions { Frame = 0 }));
        Assert.Equal([0, 128, 255], Gray(file, new DicomRenderOptions { Frame = 1 }));

        // A window given by the caller is in rescaled units too: 4 around 0 shows all of frame 1 except its first value as white.
        Assert.Equal([128, 255, 255], Gray(file, new DicomRenderOptions { Frame = 1, Window = new DicomWindow(0, 4) }));
    }

    [Fact]
    public void A_frame_without_functional_groups_has_the_window_of_the_file()
    {
        // Only frame 0 has a group, with a window of 4 around 0; that of the file is 10 around 5.
        DicomWriter writer = new DicomWriter(DicomWriter.ExplicitLittle, 2, 1)
        {
            Samples = [0, 2, 0, 10],
            Raw = DicomBytes.Sequence(
                0x5200, 0x9230, true, DicomBytes.Sequence(0x0028, 0x9132, true, Window("0", "4"))),
        }.Text(0x0028, 0x0008, "IS", "2").Text(0x0028, 0x1050, "DS", "5").Text(0x0028, 0x1051, "DS", "10")
            .Text(0x0028, 0x1056, "CS", "LINEAR_EXACT");
        BytesImageSource file = new("scan.dcm", writer.Write());

        Assert.Equal([128, 255], Gray(DicomFile.Load(file)));
        Assert.Equal([0, 255], Gray(DicomFile.Load(file), new DicomRenderOptions { Frame = 1 }));
        Assert.Equal("scan.dcm#1", new DicomImageSource(file, new DicomRenderOptions { Frame = 1 }).Name);
    }

    [Theory]
    [InlineData(DicomWriter.ExplicitLittle)]
    [InlineData(DicomWriter.ExplicitBig)]
    public void A_sequence_of_known_length_and_unknown_representation_is_read(string syntax)
    {
        // Explicit outside, implicit little endian inside: an item of known length with a table of two 12-bit values
        // from 10, white and black.
        byte[] item =
        [
            0x28, 0x00, 0x02, 0x30, 6, 0, 0, 0, .. DicomBytes.Words(2, 10, 12),
            0x28, 0x00, 0x06, 0x30, 4, 0, 0, 0, .. DicomBytes.Words(4095, 0),
        ];
        byte[] items = [0xFE, 0xFF, 0x00, 0xE0, (byte)item.Length, 0, 0, 0, .. item];
        byte[] head = syntax == DicomWriter.ExplicitBig
            ? [0x00, 0x28, 0x30, 0x10, .. "UN"u8, 0, 0, 0, 0, 0, (byte)items.Length]
            : [0x28, 0x00, 0x10, 0x30, .. "UN"u8, 0, 0, (byte)items.Length, 0, 0, 0];
        DicomWriter writer = new(syntax, 2, 1) { Samples = [10, 11], Raw = [.. head, .. items] };
        Assert.Equal([255, 0], Gray(DicomFile.Read(writer.Write())));
    }

    [Fact]
    public void A_modality_table_replaces_the_rescale()
    {
        // Values from -1: -1 -> 100, 0 -> 300, 1 -> 200; the ends below and above. Signed, 8 bits stored: 0xFF is -1.
        DicomWriter writer = new DicomWriter(DicomWriter.ExplicitLittle, 5, 1)
        {
            Samples = [0x80, 0xFF, 0, 1, 50],
            Raw = DicomBytes.Sequence(0x0028, 0x3000, true, Table("SS", 3, -1, 16, 100, 300, 200)),
        }.Number(0x0028, 0x0103, 1);
        DicomFile file = DicomFile.Read(writer.Write());
        Assert.Equal([-128, -1, 0, 1, 50], file.StoredValues());

        // Stretched from 100 to 300; then by an exact window of 200 around 200: (x - 200) / 200 + 0.5.
        Assert.Equal([0, 0, 255, 128, 128], Gray(file));
        writer.Text(0x0028, 0x1050, "DS", "200").Text(0x0028, 0x1051, "DS", "400").Text(0x0028, 0x1056, "CS", "LINEAR_EXACT");
        Assert.Equal([64, 64, 191, 128, 128], Gray(DicomFile.Read(writer.Write())));
    }

    [Fact]
    public void A_table_of_gray_values_is_used_without_a_window()
    {
        // 12 bits: 4095 is white, 2048 is 2048 / 4095 * 255 = 127.53.
        DicomWriter writer = new(DicomWriter.ExplicitLittle, 4, 1)
        {
            Samples = [9, 10, 11, 12],
            Raw = DicomBytes.Sequence(0x0028, 0x3010, false, Table("US", 3, 10, 12, 4095, 2048, 0)),
        };
        Assert.Equal([255, 255, 128, 0], Gray(DicomFile.Read(writer.Write())));
        writer.Text(0x0028, 0x1050, "DS", "10.5").Text(0x0028, 0x1051, "DS", "1");
        Assert.Equal([0, 0, 255, 255], Gray(DicomFile.Read(writer.Write())));
    }

    // PS3.3, C.11.1.1.1: the first value that a table maps is signed if the image's values are, or if it says so.
    [Theory]
    [InlineData("US", 40_000, false, 40_000, new[] { 0, 0, 255 })]
    [InlineData("SS", -1, true, 0xFFFF, new[] { 0, 0, 255 })]
    [InlineData("US", -1, true, 0xFFFF, new[] { 0, 0, 255 })]
    [InlineData("SS", -1, false, 0, new[] { 255, 255, 255 })]
    public void The_first_value_of_a_table_may_be_negative(
        string representation, int first, bool isSigned, int second, int[] gray)
    {
        DicomWriter writer = new DicomWriter(DicomWriter.ExplicitLittle, 3, 1, 16)
        {
            Samples = [(ushort)(second - 1), (ushort)second, (ushort)(second + 1)],
            Raw = DicomBytes.Sequence(0x0028, 0x3010, true, Table(representation, 2, first, 8, 0, 255)),
        }.Number(0x0028, 0x0103, isSigned ? 1 : 0);

        Assert.Equal(gray, Gray(DicomFile.Read(writer.Write())));
    }

    // Entries of 8 bits may be bytes, padded to an even number, or words. 65,536 entries are written as 0.
    [Fact]
    public void Entries_of_a_table_are_bytes_or_words()
    {
        byte[] descriptor = DicomBytes.Element(0x0028, 0x3002, "US", DicomBytes.Words(3, 0, 8));
        byte[] all = DicomBytes.Element(0x0028, 0x3002, "US", DicomBytes.Words(0, 0, 16));
        Assert.Equal([10, 20, 30], Mapped([.. descriptor, .. DicomBytes.Long(0x0028, 0x3006, "OW", 10, 20, 30, 0)], 0, 1, 2));
        Assert.Equal([10, 20, 30], Mapped(Table("US", 3, 0, 8, 10, 20, 30), 0, 1, 2));
        Assert.Equal(
            [0, 128, 255],
            Mapped(
                [.. all, .. DicomBytes.Long(0x0028, 0x3006, "OW", DicomBytes.Words([.. Enumerable.Range(0, 65_536)]))],
                0, 0x8000, 0xFFFF));

        static int[] Mapped(byte[] table, params ushort[] samples) => Gray(DicomFile.Read(
            new DicomWriter(DicomWriter.ExplicitLittle, samples.Length, 1, 16)
            {
                Samples = samples,
                Raw = DicomBytes.Sequence(0x0028, 0x3010, true, table),
            }.Write()));
    }

    [Fact]
    public void A_broken_table_is_named()
    {
        DicomWriter writer = new(DicomWriter.ExplicitLittle, 1, 1)
        {
            Samples = [9],
            Raw = DicomBytes.Sequence(0x0028, 0x3010, false, Table("US", 300, 10, 12, 1, 2)),
        };
        Assert.Contains("300 entries", Assert.Throws<DicomException>(() => Gray(DicomFile.Read(writer.Write()))).Message);

        // Six bytes hold four entries of 8 bits, but not of 12.
        writer.Raw = DicomBytes.Sequence(0x0028, 0x3010, false, Table("US", 4, 10, 12, 1, 2, 3));
        Assert.Contains("4 entries", Assert.Throws<DicomException>(() => Gray(DicomFile.Read(writer.Write()))).Message);
    }

    [Theory]
    [InlineData("0.5", "0.5", 0)]
    [InlineData("0", "0.5", 128)]
    [InlineData("7", "-3", 0)]
    public void A_window_narrower_than_1_is_exact_and_an_empty_one_is_ignored(string center, string width, int first)
    {
        // x = v / 2 = 0, 1. 0.5 around 0.5 is [0.25, 0.75]; the middle of 0.5 around 0 is 0; without a window 0 is the lowest.
        DicomWriter writer = new DicomWriter(DicomWriter.ExplicitLittle, 2, 1) { Samples = [0, 2] }
            .Text(0x0028, 0x1053, "DS", "0.5").Text(0x0028, 0x1050, "DS", center).Text(0x0028, 0x1051, "DS", width);
        Assert.Equal([first, 255], Gray(DicomFile.Read(writer.Write())));
    }

    private static byte[] Rescale(string intercept, string slope) =>
        [.. DicomBytes.Text(0x0028, 0x1052, "DS", intercept), .. DicomBytes.Text(0x0028, 0x1053, "DS", slope)];

    private static byte[] Window(string center, string width) =>
    [
        .. DicomBytes.Text(0x0028, 0x1050, "DS", center), .. DicomBytes.Text(0x0028, 0x1051, "DS", width),
        .. DicomBytes.Text(0x0028, 0x1056, "CS", "LINEAR_EXACT"),
    ];

    private static byte[] Table(string representation, int count, int first, int bits, params int[] values) =>
    [
        .. DicomBytes.Element(0x0028, 0x3002, representation, DicomBytes.Words(count, first, bits)),
        .. DicomBytes.Long(0x0028, 0x3006, "OW", DicomBytes.Words(values)),
    ];

    private static int[] Gray(DicomFile file, DicomRenderOptions? options = null) =>
        [.. file.Render(options).Pixels.ToArray().Where((_, i) => i % 3 == 0).Select(value => (int)value)];
}
