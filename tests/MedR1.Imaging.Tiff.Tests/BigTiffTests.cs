namespace MedR1.Imaging.Tiff.Tests;

/// <summary>Offsets and counts of 64 bits that no file can have.</summary>
public sealed class BigTiffTests
{
    private static readonly TiffImageDecoder s_decoder = new();

    // Little endian, tiled. The directory has entries of 20 bytes: tag, type, count, and values or their offset.
    private static readonly byte[] s_file = GoldenTiff.Read("bigtiff-rgb-tiled.tif");

    private static int Directory => BitConverter.ToInt32(s_file, 8);

    // Added to a number of bytes, such offsets are small numbers again.
    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(ulong.MaxValue - 8)]
    [InlineData(1UL << 63)]
    [InlineData(long.MaxValue)]
    [InlineData(1UL << 32)]
    [InlineData(0UL)]
    public void A_directory_outside_of_the_file_is_refused(ulong at) => Assert.Contains("its directory at byte", Refusal(With(8, at)));

    // 20 times 2^64 / 4 is 0 in 64 bits.
    [Theory]
    [InlineData(0UL)]
    [InlineData(65_536UL)]
    [InlineData(1UL << 62)]
    [InlineData(ulong.MaxValue)]
    public void A_number_of_entries_that_the_file_can_not_hold_is_refused(ulong count) =>
        Assert.Contains("its directory at byte", Refusal(With(Directory, count)));

    // Tag 324 is that of the tiles' offsets, of eight bytes each.
    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(1UL << 61)]
    [InlineData((1UL << 61) + 1)]
    [InlineData(1UL << 32)]
    public void A_number_of_values_that_the_file_can_not_hold_is_refused(ulong count) =>
        Assert.Contains($"the {count} values of its tag TILEOFFSETS lie outside", Refusal(With(Entry(324) + 4, count)));

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(ulong.MaxValue - 15)]
    [InlineData(1UL << 63)]
    public void Values_outside_of_the_file_are_refused(ulong at) =>
        Assert.Contains("values of its tag TILEOFFSETS lie outside", Refusal(With(Entry(324) + 12, at)));

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(1UL << 63)]
    [InlineData(long.MaxValue)]
    [InlineData(1UL << 32)]
    public void A_tile_outside_of_the_file_is_refused(ulong at) =>
        Assert.Contains("tile 0, ", Refusal(With(BitConverter.ToInt32(s_file, Entry(324) + 12), at)));

    // Type 16 is an integer of 64 bits.
    [Theory]
    [InlineData(256)]
    [InlineData(257)]
    public void A_size_of_64_bits_is_refused(int tag)
    {
        foreach (ulong size in (ulong[])[ulong.MaxValue, 1UL << 63, 1UL << 32, 0])
        {
            byte[] changed = With(Entry(tag) + 12, size);
            BitConverter.GetBytes((ushort)16).CopyTo(changed, Entry(tag) + 2);
            Assert.Contains("pixels, in parts of", Refusal(changed));
            Assert.Throws<ImageFormatException>(() => s_decoder.ReadHeader(changed));
        }
    }

    // One such tile is enough for the whole image. Of 32 bits, the last is 16, as in the file.
    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(1UL << 32)]
    [InlineData((1UL << 32) + 16)]
    public void A_tile_of_64_bits_is_refused(ulong size)
    {
        byte[] changed = With(Entry(322) + 12, size);
        BitConverter.GetBytes((ushort)16).CopyTo(changed, Entry(322) + 2);
        Assert.Contains("pixels, in parts of", Refusal(changed));
    }

    [Fact]
    public void Offsets_of_another_size_are_refused()
    {
        byte[] changed = [.. s_file];
        changed[4] = 4;
        Assert.Contains("its offsets have 4 bytes instead of 8", Refusal(changed));
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        for (int length = 4; length < s_file.Length - 8; length += length < 40 || length > Directory ? 1 : 37)
        {
            Refusal(s_file[..length]);
        }
    }

    [Fact]
    public void The_limits_of_the_options_hold()
    {
        Assert.Throws<ImageTooLargeException>(() => s_decoder.Decode(s_file, new ImageDecodeOptions { MaxPixels = 100 }));
        Assert.Throws<ImageTooLargeException>(() => s_decoder.Decode(s_file, new ImageDecodeOptions { MaxBytes = 100 }));
    }

    private static int Entry(int tag)
    {
        int count = (int)BitConverter.ToUInt64(s_file, Directory);
        return Enumerable.Range(0, count).Select(i => Directory + 8 + i * 20).First(at => BitConverter.ToUInt16(s_file, at) == tag);
    }

    private static byte[] With(int at, ulong number)
    {
        byte[] changed = [.. s_file];
        BitConverter.GetBytes(number).CopyTo(changed, at);
        return changed;
    }

    private static string Refusal(byte[] file) => Assert.Throws<ImageFormatException>(() => s_decoder.Decode(file)).Message;
}
