using MedR1.TestSupport;

namespace MedR1.Imaging.Dicom.Tests;

public sealed class RefusalTests
{
    private static readonly ushort[] s_samples = [.. Enumerable.Range(0, 64).Select(i => (ushort)i)];

    [Theory]
    [InlineData("1.2.840.10008.1.2.4.70", "JPEG lossless")]
    [InlineData("1.2.840.10008.1.2.4.90", "JPEG 2000")]
    [InlineData("1.2.840.10008.1.2.4.80", "dcmdjpls")]
    [InlineData("1.2.840.10008.1.2.4.102", "a video")]
    [InlineData("1.2.840.10008.1.2.4.110", "JPEG XL")]
    [InlineData("1.2.3", "'1.2.3'")]
    public void A_transfer_syntax_that_is_not_supported_is_named(string syntax, string name) =>
        Assert.Contains(name, Refusal(new DicomWriter(syntax, 8, 8) { Samples = s_samples }));

    [Fact]
    public void Files_that_are_not_DICOM_or_contain_no_image_are_refused()
    {
        for (int length = 0; length <= 200; length++)
        {
            Assert.Contains("'DICM'", Assert.Throws<DicomException>(() => DicomFile.Read(new byte[length])).Message);
        }

        byte[] whole = new DicomWriter(DicomWriter.ExplicitLittle, 8, 8) { Samples = s_samples }.Write();
        byte[] without = whole[..(whole.Length - 64 - 12)];
        Assert.Contains("Pixel Data", Assert.Throws<DicomException>(() => DicomFile.Read(without)).Message);
    }

    [Fact]
    public void Pixels_of_an_unsupported_kind_are_named()
    {
        byte[] whole = new DicomWriter(DicomWriter.ExplicitLittle, 8, 8) { Samples = s_samples }.Write();
        byte[] floats = [.. whole[..(whole.Length - 64 - 12)], .. DicomBytes.Long(0x7FE0, 0x0008, "OF", new byte[256])];
        Assert.Contains("floating-point", Assert.Throws<DicomException>(() => DicomFile.Read(floats)).Message);
        DicomWriter segmented = new(DicomWriter.ExplicitLittle, 8, 8, 8, "PALETTE COLOR")
        {
            Samples = s_samples,
            Raw = DicomBytes.Long(0x0028, 0x1221, "OW", 0, 0, 1, 0),
        };
        Assert.Contains("segmented", Refusal(segmented));

        // The byte after the length of the start-of-frame segment is the number of bits per sample.
        byte[] jpeg = Jpeg();
        jpeg[jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]) + 4] = 12;
        Assert.Contains("12 bits", Refusal(new DicomWriter(DicomWriter.Jpeg, 16, 16) { Fragments = [[], jpeg] }));
        DicomWriter low = new(DicomWriter.Jpeg, 16, 8) { Fragments = [[], Jpeg()] };
        Assert.Contains("16 x 16 pixels, but the file declares 16 x 8", Refusal(low));
    }

    [Fact]
    public void Sizes_are_checked_before_anything_is_allocated()
    {
        DicomWriter huge = new(DicomWriter.RunLength, 65535, 65535, 16) { Fragments = [[], DicomWriter.Pack([1], [2])] };
        Assert.Contains("65535 x 65535", Refusal(huge));
        DicomWriter large = new(DicomWriter.RunLength, 9000, 9000, 16) { Fragments = [[], DicomWriter.Pack([1], [2])] };
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("can't contain", Refusal(large));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        DicomWriter missing = new(DicomWriter.ExplicitLittle, 9000, 9000) { Samples = s_samples };
        Assert.Contains("there are only 64", Refusal(missing));
    }

    [Fact]
    public void A_deflated_file_is_decompressed_only_up_to_the_limit()
    {
        byte[] file = new DicomWriter(DicomWriter.Deflated, 1000, 1000) { Samples = new ushort[1_000_000] }.Write();
        Assert.InRange(file.Length, 0, 10_000);
        DicomException exception = Assert.Throws<DicomException>(
            () => DicomFile.Read(file, new DicomLimits { MaxInflatedBytes = 100_000 }));
        Assert.Contains("MaxInflatedBytes", exception.Message);
        Assert.Equal(1000, DicomFile.Read(file).Width);

        // Block type 3 does not exist (RFC 1951, 3.2.3).
        byte[] broken = [.. file[..(132 + 8 + DicomWriter.Deflated.Length + DicomWriter.Deflated.Length % 2)], 0b111, 0, 0, 0];
        Assert.Contains("deflated", Assert.Throws<DicomException>(() => DicomFile.Read(broken)).Message);
    }

    [Theory]
    [InlineData(0x0010, 0, "8 x 0 pixels")]
    [InlineData(0x0100, 32, "32 allocated")]
    [InlineData(0x0101, 9, "9 bits stored")]
    [InlineData(0x0102, 8, "below bit 8")]
    [InlineData(0x0002, 3, "with 3 samples")]
    public void Contradictions_are_named(ushort element, int value, string message) =>
        Assert.Contains(message, Refusal(
            new DicomWriter(DicomWriter.ExplicitLittle, 8, 8) { Samples = s_samples }.Number(0x0028, element, value)));

    [Theory]
    [InlineData("0")]
    [InlineData("1.5")]
    [InlineData("2000000")]
    public void An_impossible_number_of_frames_is_refused(string frames) => Refusal(
        new DicomWriter(DicomWriter.ExplicitLittle, 8, 8) { Samples = s_samples }.Text(0x0028, 0x0008, "IS", frames));

    // Two frames in three fragments: any of them may be the first of the second frame.
    [Fact]
    public void Frames_in_fragments_without_a_table_are_refused_unless_there_is_one_for_each()
    {
        byte[] frame = DicomWriter.Pack([.. s_samples.Select(sample => (byte)sample)]);
        DicomWriter writer = new DicomWriter(DicomWriter.RunLength, 8, 8) { Fragments = [[], frame, frame, frame] };
        Assert.Contains("2 frames in 3 fragments", Refusal(writer.Text(0x0028, 0x0008, "IS", "2")));
    }

    // Eight pixels of 8 bits, in one segment from byte 64: too short, cut off, with an impossible start, or more than one.
    [Theory]
    [InlineData(1, 64, new byte[] { 6, 1, 2, 3, 4, 5, 6, 7 })]
    [InlineData(1, 64, new byte[] { 7, 1, 2, 3, 4, 5 })]
    [InlineData(1, 64, new byte[] { 0x100 - 6, 1, 0x80, 0x100 - 1 })]
    [InlineData(1, 63, new byte[] { 7, 1, 2, 3, 4, 5, 6, 7, 8, 0 })]
    [InlineData(1, 75, new byte[] { 7, 1, 2, 3, 4, 5, 6, 7, 8, 0 })]
    [InlineData(2, 64, new byte[] { 7, 1, 2, 3, 4, 5, 6, 7, 8, 0 })]
    public void A_damaged_run_length_encoded_frame_is_refused(byte segments, byte start, byte[] segment)
    {
        byte[] frame = [segments, 0, 0, 0, start, .. new byte[59], .. segment];
        Refusal(new DicomWriter(DicomWriter.RunLength, 8, 1) { Fragments = [[], frame] });
    }

    [Fact]
    public void Items_of_another_kind_are_refused()
    {
        byte[] item = [0xFE, 0xFF, 0x00, 0xE0];
        byte[] fragments = new DicomWriter(DicomWriter.RunLength, 8, 8) { Fragments = [[], DicomWriter.Pack(new byte[64])] }.Write();
        byte[] sequence = new DicomWriter(DicomWriter.ExplicitLittle, 8, 8)
        {
            Samples = s_samples,
            Raw = DicomBytes.Sequence(0x0029, 0x1140, false, DicomBytes.Element(0x0028, 0x0010, "US", 2, 0)),
        }.Write();
        foreach (byte[] file in (byte[][])[fragments, sequence])
        {
            DicomFile.Read(file).Render();
            file[file.AsSpan().LastIndexOf(item) + 2] = 0x0D;
            Assert.Throws<DicomException>(() => DicomFile.Read(file).Render());
        }
    }

    [Theory]
    [InlineData("ZZ")]
    [InlineData("?Z")]
    public void An_unknown_representation_is_refused(string representation) => Refusal(
        new DicomWriter(DicomWriter.ExplicitLittle, 8, 8)
        {
            Samples = s_samples,
            Raw = DicomBytes.Element(0x0029, 0x0120, representation, 1, 2),
        });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Sequences_are_nested_at_most_32_deep(bool hasLength)
    {
        DicomWriter writer = new(DicomWriter.ExplicitLittle, 8, 8) { Samples = s_samples };
        byte[] inside = [];
        for (int depth = 1; depth <= 32; depth++)
        {
            // The sequence of the rescale in functional groups, which has no effect at the top.
            inside = DicomBytes.Sequence(0x0028, 0x9145, hasLength, inside);
        }

        writer.Raw = inside;
        Assert.Equal(8, DicomFile.Read(writer.Write()).Width);
        writer.Raw = DicomBytes.Sequence(0x0028, 0x9145, hasLength, inside);
        Assert.Contains("deeper than 32", Refusal(writer));
    }

    [Fact]
    public void Limits_are_inclusive_and_positive()
    {
        byte[] file = new DicomWriter(DicomWriter.ExplicitLittle, 8, 8) { Samples = s_samples }.Write();
        BytesImageSource source = new("scan.dcm", file);
        Assert.Equal(8, DicomFile.Load(source, new DicomLimits { MaxFileBytes = file.Length, MaxPixels = 64 }).Width);
        DicomException exception = Assert.Throws<DicomException>(
            () => DicomFile.Load(source, new DicomLimits { MaxFileBytes = file.Length - 1 }));
        Assert.Contains("'scan.dcm'", exception.Message);
        Assert.Throws<DicomException>(() => DicomFile.Read(file, new DicomLimits { MaxPixels = 63 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DicomLimits { MaxFileBytes = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new DicomLimits { MaxInflatedBytes = long.MaxValue });
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void A_frame_that_does_not_exist_is_refused(int frame)
    {
        DicomWriter gray = new(DicomWriter.ExplicitLittle, 8, 8) { Samples = s_samples };
        DicomWriter color = new(DicomWriter.ExplicitLittle, 7, 3, 8, "RGB") { Samples = s_samples };
        foreach (DicomWriter writer in (DicomWriter[])[gray, color])
        {
            DicomFile file = DicomFile.Read(writer.Write());
            Assert.Throws<ArgumentOutOfRangeException>(() => file.Render(new DicomRenderOptions { Frame = frame }));
        }
    }

    [Theory]
    [InlineData(150, 1)]
    [InlineData(1000, 2)]
    [Trait("Tier", "Slow")]
    public void Many_damaged_files_give_results_or_named_exceptions(int count, int seed) => CheckDamage(count, seed);

    [Fact]
    public void A_damaged_file_gives_a_result_or_a_named_exception() => CheckDamage(100, 3);

    [Fact]
    public void Damaged_files_take_no_more_memory_than_the_limits_allow() => CheckMemory(100, 4);

    [Fact]
    [Trait("Tier", "Slow")]
    public void Many_damaged_files_take_no_more_memory_than_the_limits_allow() => CheckMemory(1000, 5);

    private static void CheckDamage(int count, int seed)
    {
        foreach (DicomWriter writer in Writers())
        {
            int refused = FileDamage.Check(
                writer.Write()[128..], count, seed,
                damaged => DicomFile.Read((byte[])[.. new byte[128], .. damaged]).Render(),
                exception => exception is DicomException);
            Assert.InRange(refused, count / 10, count);
        }
    }

    // Four bytes per pixel for decompressed data (the probe's limit), two for samples, four and three for an image; the rest
    // belongs to the runtime.
    private static void CheckMemory(int count, int seed)
    {
        const long mostPixels = 1 << 20;
        foreach (DicomWriter writer in Writers())
        {
            (long bytes, int decoded) = DecoderMemory.Measure(writer.Write(), ".dcm", count, seed, mostPixels);
            Assert.InRange(decoded, 1, count);
            Assert.InRange(bytes, 0, 13 * mostPixels + (48L << 20));
        }
    }

    private static DicomWriter[] Writers()
    {
        byte[] low = [.. s_samples.Select(sample => (byte)sample)];
        DicomWriter[] writers =
        [
            new(DicomWriter.ImplicitLittle, 8, 8) { Samples = s_samples },
            new(DicomWriter.ExplicitLittle, 8, 8, 16) { Samples = s_samples },
            new(DicomWriter.ExplicitBig, 8, 8, 12) { Samples = s_samples },
            new(DicomWriter.Deflated, 8, 8) { Samples = s_samples },
            new(DicomWriter.RunLength, 8, 8, 16) { Fragments = [[], DicomWriter.Pack(low, low)] },
            new(DicomWriter.Jpeg, 16, 16) { Fragments = [[], Jpeg()] },
            new(DicomWriter.ExplicitLittle, 8, 4, 8, "YBR_FULL_422") { Samples = s_samples },
            new(DicomWriter.ExplicitLittle, 8, 8) { Samples = s_samples, Raw = Groups() },
        ];
        foreach (DicomWriter writer in writers)
        {
            writer.Text(0x0028, 0x1050, "DS", "5").Text(0x0028, 0x1051, "DS", "20");
        }

        return writers;
    }

    // Rescale in functional groups, a table of gray values and an item of undefined length.
    private static byte[] Groups() =>
    [
        .. DicomBytes.Sequence(0x0028, 0x3010, false,
        [
            .. DicomBytes.Element(0x0028, 0x3002, "US", DicomBytes.Words(4, 0, 8)),
            .. DicomBytes.Long(0x0028, 0x3006, "OW", DicomBytes.Words(0, 10, 100, 255)),
        ]),
        .. DicomBytes.Sequence(
            0x5200, 0x9229, true,
            DicomBytes.Sequence(0x0028, 0x9145, false, DicomBytes.Text(0x0028, 0x1053, "DS", "0.5"))),
    ];

    private static byte[] Jpeg()
    {
        using SkiaSharp.SKBitmap bitmap = new(16, 16, SkiaSharp.SKColorType.Gray8, SkiaSharp.SKAlphaType.Opaque);
        using SkiaSharp.SKData jpeg = bitmap.Encode(SkiaSharp.SKEncodedImageFormat.Jpeg, 90);
        return jpeg.ToArray();
    }

    private static string Refusal(DicomWriter writer) =>
        Assert.Throws<DicomException>(() => DicomFile.Read(writer.Write()).Render()).Message;
}
