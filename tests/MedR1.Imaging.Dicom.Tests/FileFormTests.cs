namespace MedR1.Imaging.Dicom.Tests;

/// <summary>Forms of files from older and less careful programs.</summary>
public sealed class FileFormTests
{
    private static readonly ushort[] s_samples = [.. Enumerable.Range(0, 35).Select(i => (ushort)(i * 37 % 256))];

    [Theory]
    [InlineData(DicomWriter.ImplicitLittle)]
    [InlineData(DicomWriter.ExplicitLittle)]
    [InlineData(DicomWriter.ExplicitBig)]
    public void A_file_without_preamble_or_meta_information_is_read(string syntax)
    {
        byte[] whole = new DicomWriter(syntax, 7, 5) { Samples = s_samples }.Write();
        AssertRead(whole[132..], syntax);
        AssertRead(DataSet(whole, syntax), syntax);
    }

    [Fact]
    public void Meta_information_without_a_transfer_syntax_is_tolerated()
    {
        byte[] whole = new DicomWriter(DicomWriter.ExplicitLittle, 7, 5) { Samples = s_samples }.Write();
        byte[] meta = DicomBytes.Text(0x0002, 0x0013, "SH", "SOME PROGRAM");
        AssertRead([.. whole[..132], .. meta, .. DataSet(whole, DicomWriter.ExplicitLittle)], DicomWriter.ExplicitLittle);
    }

    [Fact]
    public void An_implicit_data_set_announced_as_explicit_is_read()
    {
        byte[] announced = new DicomWriter(DicomWriter.ExplicitLittle, 7, 5) { Samples = s_samples }.Write();
        byte[] written = new DicomWriter(DicomWriter.ImplicitLittle, 7, 5) { Samples = s_samples }.Write();
        int head = announced.Length - DataSet(announced, DicomWriter.ExplicitLittle).Length;
        AssertRead([.. announced[..head], .. DataSet(written, DicomWriter.ImplicitLittle)], DicomWriter.ExplicitLittle);
    }

    [Theory]
    [InlineData("  ")]
    [InlineData("\0\0")]
    [InlineData("??")]
    public void An_element_with_a_blank_representation_is_skipped(string representation)
    {
        DicomWriter writer = new(DicomWriter.ExplicitLittle, 7, 5)
        {
            Samples = s_samples,
            Raw = DicomBytes.Element(0x0029, 0x0120, representation, 1, 2),
        };
        AssertRead(writer.Write(), DicomWriter.ExplicitLittle);
    }

    [Fact]
    public void Group_lengths_overlays_and_icons_are_skipped()
    {
        DicomWriter writer = new(DicomWriter.ExplicitLittle, 7, 5)
        {
            Samples = s_samples,
            Raw =
            [
                .. DicomBytes.Sequence(0x0088, 0x0200, false, Icon()),
                .. DicomBytes.Sequence(0x0089, 0x0200, true, Icon()),
                .. DicomBytes.Element(0x6000, 0x0000, "UL", 0xFF, 0xFF, 0xFF, 0xFF),
                .. DicomBytes.Element(0x6000, 0x0010, "US", 9, 0),
                .. DicomBytes.Long(0x6000, 0x3000, "OW", new byte[12]),
                .. DicomBytes.Element(0x7FE0, 0x0000, "UL", 0, 0, 0, 0),
            ],
        };
        writer.Number(0x0008, 0x0000, 5);
        AssertRead(writer.Write(), DicomWriter.ExplicitLittle);
    }

    [Fact]
    public void A_sequence_of_unknown_representation_is_implicit_little_endian_everywhere()
    {
        // Big endian: the header of (0029,1140) UN of undefined length. Its content, by correction CP-246: an item of known
        // length with (0028,0010) of 2 bytes, and the end of the sequence.
        byte[] sequence =
        [
            0x00, 0x29, 0x11, 0x40, (byte)'U', (byte)'N', 0, 0, 0xFF, 0xFF, 0xFF, 0xFF,
            0xFE, 0xFF, 0x00, 0xE0, 10, 0, 0, 0,
            0x28, 0x00, 0x10, 0x00, 2, 0, 0, 0, 99, 0,
            0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0,
        ];
        DicomWriter writer = new(DicomWriter.ExplicitBig, 7, 5) { Samples = s_samples, Raw = sequence };
        AssertRead(writer.Write(), DicomWriter.ExplicitBig);
    }

    // Padding (FFFC,FFFC), signatures, and what else some programs append.
    [Fact]
    public void Bytes_after_the_pixels_are_ignored()
    {
        byte[] whole = new DicomWriter(DicomWriter.ExplicitLittle, 7, 5) { Samples = s_samples }.Write();
        AssertRead([.. whole, 0, 0, 0], DicomWriter.ExplicitLittle);
        AssertRead([.. whole, .. DicomBytes.Long(0x7FE0, 0x0010, "OB", 1, 2)], DicomWriter.ExplicitLittle);
    }

    [Fact]
    public void What_may_be_missing_has_the_usual_value()
    {
        DicomWriter writer = new(DicomWriter.ExplicitLittle, 7, 5) { Samples = s_samples };
        foreach (ushort element in (ushort[])[0x0002, 0x0101, 0x0102, 0x0103])
        {
            AssertRead(writer.Without(0x0028, element).Write(), DicomWriter.ExplicitLittle);
        }
    }

    // PS3.5, 8.1.1 and 8.2: of two bytes in a big-endian word, the second comes first. The second frame starts in the middle of a
    // word.
    [Fact]
    public void Bytes_in_big_endian_words_are_swapped_across_frames()
    {
        byte[] file = new DicomWriter(DicomWriter.ExplicitBig, 3, 1) { Samples = [2, 1, 4, 3, 6, 5] }
            .Text(0x0028, 0x0008, "IS", "2").Write();
        file[Array.LastIndexOf(file, (byte)'B')] = (byte)'W';
        DicomFile read = DicomFile.Read(file);
        Assert.Equal([1, 2, 3], read.StoredValues(0));
        Assert.Equal([4, 5, 6], read.StoredValues(1));
    }

    // A nested image, whose pixels are not those of the file.
    private static byte[] Icon() =>
        [.. DicomBytes.Element(0x0028, 0x0010, "US", 2, 0), .. DicomBytes.Long(0x7FE0, 0x0010, "OB", 9, 9, 9, 9)];

    private static byte[] DataSet(byte[] whole, string syntax) => whole[(132 + 8 + (syntax.Length + 1) / 2 * 2)..];

    private static void AssertRead(byte[] file, string syntax)
    {
        DicomFile read = DicomFile.Read(file);
        Assert.Equal(syntax, read.TransferSyntaxUid);
        Assert.Equal((7, 5), (read.Width, read.Height));
        Assert.Equal(s_samples.Select(sample => (int)sample), read.StoredValues());
    }
}
