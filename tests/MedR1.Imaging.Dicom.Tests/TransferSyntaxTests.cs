using System.Buffers.Binary;
using SkiaSharp;

namespace MedR1.Imaging.Dicom.Tests;

public sealed class TransferSyntaxTests
{
    private const int Width = 7;
    private const int Height = 5;
    private static readonly ushort[] s_bytes = [.. Enumerable.Range(0, Width * Height).Select(i => (ushort)(i * 37 % 256))];
    private static readonly ushort[] s_words = [.. Enumerable.Range(0, Width * Height).Select(i => (ushort)(i * 1931 % 65536))];

    public static TheoryData<string, int> Native()
    {
        TheoryData<string, int> data = [];
        foreach (string syntax in (string[])
            [DicomWriter.ImplicitLittle, DicomWriter.ExplicitLittle, DicomWriter.Deflated, DicomWriter.ExplicitBig])
        {
            data.Add(syntax, 8);
            data.Add(syntax, 16);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Native))]
    public void Uncompressed_values_equal_those_written(string syntax, int bits)
    {
        ushort[] samples = bits == 8 ? s_bytes : s_words;
        DicomFile file = DicomFile.Read(new DicomWriter(syntax, Width, Height, bits) { Samples = samples }.Write());
        Assert.Equal((Width, Height, 1, syntax), (file.Width, file.Height, file.FrameCount, file.TransferSyntaxUid));
        Assert.Equal("CT", file.Text(DicomTag.Modality));
        Assert.Equal(samples.Select(sample => (int)sample), file.StoredValues());
    }

    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    public void Run_length_encoded_values_equal_those_written(int bits)
    {
        ushort[] samples = [.. (bits == 8 ? s_bytes : s_words).Select((value, i) => i < 12 ? (ushort)3 : value)];
        byte[] high = [.. samples.Select(sample => (byte)(sample >> 8))];
        byte[] low = [.. samples.Select(sample => (byte)sample)];
        byte[] packed = bits == 8 ? DicomWriter.Pack(low) : DicomWriter.Pack(high, low);
        DicomFile file = DicomFile.Read(
            new DicomWriter(DicomWriter.RunLength, Width, Height, bits) { Fragments = [[], packed] }.Write());
        Assert.Equal(samples.Select(sample => (int)sample), file.StoredValues());
    }

    // PS3.5, G.3.1: -128 does nothing; 1 is followed by 2 bytes as they are; -9 repeats a byte 10 times, here past the last pixel.
    [Fact]
    public void Runs_may_be_empty_and_exceed_the_frame()
    {
        byte[] packed = [.. DicomWriter.Pack([])[..64], 0x80, 1, 7, 8, 0x80, 0, 5, unchecked((byte)-9), 6];
        packed[0] = 1;
        packed[4] = 64;
        DicomWriter writer = new(DicomWriter.RunLength, 3, 2) { Fragments = [[], packed] };
        Assert.Equal([7, 8, 5, 6, 6, 6], DicomFile.Read(writer.Write()).StoredValues());
    }

    [Fact]
    public void Run_length_encoded_colors_have_one_plane_per_segment()
    {
        byte[] red = [1, 2, 3, 4];
        byte[] green = [5, 5, 5, 5];
        byte[] blue = [9, 8, 7, 6];
        DicomWriter writer = new(DicomWriter.RunLength, 2, 2, 8, "RGB")
        {
            Fragments = [[], DicomWriter.Pack(red, green, blue)],
        };
        Assert.Equal(
            [1, 5, 9, 2, 5, 8, 3, 5, 7, 4, 5, 6], DicomFile.Read(writer.Write()).Render().Pixels.ToArray());
    }

    [Fact]
    public void A_JPEG_frame_equals_the_output_of_the_JPEG_decoder()
    {
        using SKBitmap bitmap = new(16, 8, SKColorType.Gray8, SKAlphaType.Opaque);
        for (int i = 0; i < 16 * 8; i++)
        {
            bitmap.SetPixel(i % 16, i / 16, new SKColor((byte)(i * 2), (byte)(i * 2), (byte)(i * 2)));
        }

        using SKData jpeg = bitmap.Encode(SKEncodedImageFormat.Jpeg, 95);
        byte[] bytes = jpeg.ToArray();
        byte[] expected = new SkiaImageDecoder().Decode(bytes).Pixels.ToArray();

        // Split at an even byte: otherwise there would be padding in the middle of the JPEG.
        DicomWriter writer = new(DicomWriter.Jpeg, 16, 8) { Fragments = [[], bytes[..100], bytes[100..]] };
        DicomFile file = DicomFile.Read(writer.Write());
        Assert.Equal(expected, file.Render().Pixels.ToArray());
        Assert.Equal(expected.Where((_, i) => i % 3 == 0).Select(value => (int)value), file.StoredValues());
    }

    [Fact]
    public void A_JPEG_without_a_color_space_has_that_of_the_file()
    {
        // One color, 200 100 50, as YCbCr (JFIF): Y = 0.299 * 200 + 0.587 * 100 + 0.114 * 50 = 124.2, Cb = 128 + (50 - 124.2) /
        // 1.772 = 86.1, Cr = 128 + (200 - 124.2) / 1.402 = 182.1. These are the colors if the file declares the samples as RGB.
        byte[] named = ColorJpeg(SKJpegEncoderDownsample.Downsample444);
        byte[] unnamed = [.. named[..2], .. named[20..]];
        AssertColor(named, "YBR_FULL", 200, 100, 50);
        AssertColor(named, "RGB", 200, 100, 50);
        AssertColor(unnamed, "YBR_FULL", 200, 100, 50);
        AssertColor(unnamed, "RGB", 124, 86, 182);

        // An Adobe segment with the transform 1 names YCbCr, with 0 RGB, whatever the file declares. Tables may precede the frame.
        AssertColor([.. unnamed[..2], .. Adobe(1), .. unnamed[2..]], "RGB", 200, 100, 50);
        AssertColor([.. unnamed[..2], .. Adobe(0), .. unnamed[2..]], "YBR_FULL", 124, 86, 182);
        int tables = unnamed.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC4]);
        byte[] table = unnamed[tables..(tables + 2 + unnamed[tables + 2] * 256 + unnamed[tables + 3])];
        AssertColor([.. unnamed[..2], .. table, .. unnamed[2..]], "RGB", 124, 86, 182);

        // Subsampled colors are YCbCr, whatever the file says.
        byte[] coarse = ColorJpeg(SKJpegEncoderDownsample.Downsample420);
        AssertColor([.. coarse[..2], .. coarse[20..]], "RGB", 200, 100, 50);
    }

    // APP14 with version 100 and two words of flags.
    private static byte[] Adobe(byte transform) => [0xFF, 0xEE, 0, 14, .. "Adobe"u8, 0, 100, 0, 0, 0, 0, transform];

    private static byte[] ColorJpeg(SKJpegEncoderDownsample downsample)
    {
        using SKBitmap bitmap = new(16, 16, SKColorType.Rgba8888, SKAlphaType.Opaque);
        bitmap.Erase(new SKColor(200, 100, 50));
        using SKPixmap? pixels = bitmap.PeekPixels();
        using SKData? jpeg = pixels?.Encode(new SKJpegEncoderOptions(100, downsample, SKJpegEncoderAlphaOption.Ignore));
        Assert.NotNull(jpeg);
        byte[] bytes = jpeg.ToArray();
        Assert.Equal("JFIF"u8, bytes.AsSpan(6, 4));
        return bytes;
    }

    private static void AssertColor(byte[] jpeg, string photometric, int red, int green, int blue)
    {
        DicomWriter writer = new(DicomWriter.Jpeg, 16, 16, 8, photometric) { Fragments = [[], jpeg] };
        byte[] pixels = DicomFile.Read(writer.Write()).Render().Pixels.ToArray();
        Assert.All(pixels.Chunk(3), pixel =>
        {
            Assert.InRange(pixel[0], red - 1, red + 1);
            Assert.InRange(pixel[1], green - 1, green + 1);
            Assert.InRange(pixel[2], blue - 1, blue + 1);
        });
    }

    [Fact]
    public void Frames_are_found_by_position_table_and_fragment()
    {
        ushort[] two = [.. s_bytes, .. s_bytes.Reverse()];
        DicomWriter native = new DicomWriter(DicomWriter.ExplicitLittle, Width, Height) { Samples = two }
            .Text(0x0028, 0x0008, "IS", "2");
        byte[] first = DicomWriter.Pack([.. s_bytes.Select(one => (byte)one)]);
        byte[] second = DicomWriter.Pack([.. s_bytes.Reverse().Select(one => (byte)one)]);
        byte[] table = new byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(table.AsSpan(4), 8 + first.Length);
        foreach (DicomWriter writer in (DicomWriter[])
            [native, Packed([table, first, second]), Packed([[], first, second])])
        {
            DicomFile file = DicomFile.Read(writer.Write());
            Assert.Equal(2, file.FrameCount);
            Assert.Equal(s_bytes.Select(one => (int)one), file.StoredValues(0));
            Assert.Equal(s_bytes.Reverse().Select(one => (int)one), file.StoredValues(1));
            Assert.Throws<ArgumentOutOfRangeException>(() => file.StoredValues(2));
        }
    }

    [Fact]
    public void Sequences_of_undefined_length_are_skipped()
    {
        // (0008,1140) SQ of undefined length with one item of undefined length with (0028,0010) US 99: not the Rows of the file.
        byte[] sequence =
        [
            0x29, 0x00, 0x40, 0x11, (byte)'S', (byte)'Q', 0, 0, 0xFF, 0xFF, 0xFF, 0xFF,
            0xFE, 0xFF, 0x00, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF,
            0x28, 0x00, 0x10, 0x00, (byte)'U', (byte)'S', 2, 0, 99, 0,
            0xFE, 0xFF, 0x0D, 0xE0, 0, 0, 0, 0,
            0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0,
        ];
        DicomWriter writer = new(DicomWriter.ExplicitLittle, Width, Height) { Samples = s_bytes, Raw = sequence };
        DicomFile file = DicomFile.Read(writer.Write());
        Assert.Equal(Height, file.Height);
        Assert.Equal(s_bytes.Select(one => (int)one), file.StoredValues());
    }

    private static DicomWriter Packed(byte[][] fragments) =>
        new DicomWriter(DicomWriter.RunLength, Width, Height) { Fragments = fragments }.Text(0x0028, 0x0008, "IS", "2");
}
