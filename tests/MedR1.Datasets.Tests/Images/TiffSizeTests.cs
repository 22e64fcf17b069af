using System.IO.Compression;
using System.Text.Json;
using MedR1.TestSupport;

namespace MedR1.Datasets.Tests;

/// <summary>Compares with the sizes that Pillow and MedR1.Imaging.Tiff find in the same files (tests/Golden/tiff).</summary>
public sealed class TiffSizeTests
{
    private static string Folder => Path.Combine(RepositoryFolder.Root, "tests", "Golden", "tiff");

    // Some are turned, some are big-endian, some have their directory at the end and offsets of 64 bits.
    [Fact]
    public void The_size_of_a_TIFF_file_is_that_of_its_decoded_image()
    {
        using JsonDocument table = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "table.json")));
        Assert.InRange(table.RootElement.GetArrayLength(), 29, 200);
        foreach (JsonElement row in table.RootElement.EnumerateArray())
        {
            string name = row[0].GetString()!;
            byte[] file = File.ReadAllBytes(Path.Combine(Folder, name));
            (int, int) expected = (row[1].GetInt32(), row[2].GetInt32());
            Assert.Equal((name, expected), (name, ImageHeaderSize.Read(new MemoryStream(file), name)));

            using Stream forward = new GZipStream(new MemoryStream(Compressed(file)), CompressionMode.Decompress);
            Assert.Equal((name, expected), (name, ImageHeaderSize.Read(forward, name)));
        }
    }

    // The directory may start within the first bytes, which are read together with the header.
    [Theory]
    [InlineData(8)]
    [InlineData(29)]
    [InlineData(30)]
    [InlineData(100_000)]
    public void A_directory_may_be_anywhere(int at)
    {
        byte[] file = new byte[at + 2 + 24];
        System.Text.Encoding.Latin1.GetBytes("II*\0").CopyTo(file, 0);
        BitConverter.GetBytes(at).CopyTo(file, 4);
        ((ReadOnlySpan<byte>)[2, 0, 0, 1, 3, 0, 1, 0, 0, 0, 44, 1, 0, 0, 1, 1, 4, 0, 1, 0, 0, 0, 7, 0, 0, 0]).CopyTo(file.AsSpan(at));
        Assert.Equal((300, 7), ImageHeaderSize.Read(new MemoryStream(file), "t"));
        using Stream forward = new GZipStream(new MemoryStream(Compressed(file)), CompressionMode.Decompress);
        Assert.Equal((300, 7), ImageHeaderSize.Read(forward, "t"));
        foreach (int length in (int[])[file.Length - 1, at + 2 + 12, at + 1, 7])
        {
            Assert.Throws<InvalidDataException>(() => ImageHeaderSize.Read(new MemoryStream(file[..length]), "t"));
            using Stream cut = new GZipStream(new MemoryStream(Compressed(file[..length])), CompressionMode.Decompress);
            Assert.Throws<InvalidDataException>(() => ImageHeaderSize.Read(cut, "t"));
        }
    }

    // A width of 64 bits lies elsewhere in a classic file, whose entries have room for 32.
    [Fact]
    public void A_size_of_64_bits_in_a_classic_file_is_refused()
    {
        byte[] file = [.. "II*\0"u8, 8, 0, 0, 0, 1, 0, 0, 1, 16, 0, 1, 0, 0, 0, 44, 1, 0, 0, 0, 0, 0, 0];
        Assert.Throws<InvalidDataException>(() => ImageHeaderSize.Read(new MemoryStream(file), "t"));
    }

    [Theory]
    [InlineData("white-4.tif")]
    [InlineData("pillow-1-packbits.tif")]
    public void A_damaged_file_has_a_size_or_is_refused(string name) => Assert.InRange(
        FileDamage.Check(
            File.ReadAllBytes(Path.Combine(Folder, name)), 200, seed: 1,
            damaged => ImageHeaderSize.Read(new MemoryStream(damaged), "t"), exception => exception is InvalidDataException), 1, 199);

    [Fact]
    public void Blank_images_of_TIFF_files_have_their_size()
    {
        IImageSource turned = new FileImageSource(Path.Combine(Folder, "gray-4.tif"));
        IVqaDataset dataset = new InMemoryDataset("one", [new() { Id = "x", Question = "q", Answer = "a", Images = [turned] }]);
        ImageSizes sizes = dataset.BlankImages().Describe(readImageSizes: true).Sizes!;
        Assert.Equal((1, 0), (sizes.Read, sizes.Unreadable));
        Assert.Equal(dataset.Describe(readImageSizes: true).Sizes, sizes);
    }

    private static byte[] Compressed(byte[] bytes)
    {
        using MemoryStream compressed = new();
        using (GZipStream gzip = new(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return compressed.ToArray();
    }
}
