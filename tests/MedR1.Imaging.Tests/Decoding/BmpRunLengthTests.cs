namespace MedR1.Imaging.Tests;

/// <summary>Run-length encoded bitmaps; 8-bit indices are those of Pillow 9.4's <c>Image.open(file).tobytes()</c>.</summary>
public sealed class BmpRunLengthTests
{
    private static readonly SkiaImageDecoder Decoder = new();

    // The red of color i is i, its green and blue are not.
    private static readonly byte[] Palette = [.. Enumerable.Range(0, 16).SelectMany(i => new[] { (byte)200, (byte)100, (byte)i, (byte)0 })];

    // A run ends with its row, a literal does not. From the bottom: a run of 3, and 1 of the next 3; a literal of 3 (padded by 9),
    // and 1 of the next 3; a literal of 3 (padded by 15), and index 0 up to the end of the row.
    [Fact]
    public void Runs_end_with_their_row_and_literals_do_not()
    {
        byte[] runs =
        [
            3, 1, 3, 2, 0, 0,
            0, 3, 3, 4, 5, 9, 3, 6, 0, 3, 7, 8, 9, 15, 0, 0,
            0, 4, 10, 11, 12, 13,
        ];

        // Without the first mark, the second row begins past the end of a row, so that no run fits until the next mark.
        byte[] unmarked = [.. runs[..4], .. runs[6..]];

        Assert.Equal([10, 11, 12, 13, 7, 8, 9, 0, 3, 4, 5, 6, 1, 1, 1, 2], Indices(4, 4, 8, runs));
        Assert.Equal([10, 11, 12, 13, 8, 9, 0, 0, 3, 4, 5, 7, 1, 1, 1, 2], Indices(4, 4, 8, unmarked));
    }

    // Literals of 5 and 6 indices have 3 bytes each and are padded to 4; runs alternate between two indices. (Pillow 9.4 loses the
    // last index of an odd literal, Pillow 13 does not.)
    [Fact]
    public void Four_bit_literals_are_padded_to_whole_words()
    {
        byte[] runs =
        [
            0, 5, 0x12, 0x34, 0x50, 0, 3, 0x67, 0, 0,
            0, 6, 0x89, 0xAB, 0xCD, 0, 3, 0xEF, 0, 0,
            8, 0x01,
        ];

        Assert.Equal(
            [0, 1, 0, 1, 0, 1, 0, 1, 8, 9, 10, 11, 12, 13, 14, 15, 1, 2, 3, 4, 5, 6, 7, 6], Indices(8, 3, 4, runs));
    }

    [Theory]
    [InlineData(new byte[] { 4, 10 }, new byte[] { 10, 10, 10, 10 })]
    [InlineData(new byte[] { 0, 4, 10, 11, 12, 13 }, new byte[] { 10, 11, 12, 13 })]
    [InlineData(new byte[] { 1, 2, 0, 6, 10, 11, 12, 13, 14, 15, 0, 1 }, new byte[] { 2, 10, 11, 12 })]
    public void Runs_may_end_with_the_file_or_exceed_the_image(byte[] runs, byte[] indices) =>
        Assert.Equal(indices, Indices(4, 1, 8, runs));

    private static byte[] Indices(int width, int height, int bits, byte[] runs) =>
        [.. Decoder.Decode(BmpFile.WriteRunLength(width, height, Palette, runs, bits)).Pixels.ToArray().Where((_, i) => i % 3 == 0)];
}
