using System.Buffers.Binary;

namespace MedR1.Datasets.Tests;

public sealed class BlankImagesTests
{
    // Headers only: sizes are read, and nothing is decoded.
    public static TheoryData<string, byte[], int, int> Headers => new()
    {
        { "png", [0x89, .. "PNG\r\n\u001A\n"u8, 0, 0, 0, 13, .. "IHDR"u8, 0, 0, 1, 2, 0, 0, 0, 7, 8, 2, 0, 0, 0],
            258, 7 },
        { "bmp", [.. "BM"u8, .. new byte[12], 40, 0, 0, 0, 44, 1, 0, 0, 7, 0, 0, 0], 300, 7 },
        { "bmp from the top", [.. "BM"u8, .. new byte[12], 40, 0, 0, 0, 44, 1, 0, 0, 0xF9, 0xFF, 0xFF, 0xFF], 300, 7 },
        { "bmp of OS/2", [.. "BM"u8, .. new byte[12], 12, 0, 0, 0, 44, 1, 7, 0, 1, 0, 24, 0], 300, 7 },
        { "gif", [.. "GIF89a"u8, 0x2C, 1, 3, 0, 0], 300, 3 },
        { "webp lossy", [.. "RIFF"u8, 0, 0, 0, 0, .. "WEBPVP8 "u8, 0, 0, 0, 0, 0, 0, 0, 0x9D, 1, 0x2A, 40, 0, 30, 0],
            40, 30 },
        { "webp lossless", [.. "RIFF"u8, 0, 0, 0, 0, .. "WEBPVP8L"u8, 0, 0, 0, 0, 0x2F, 39, 0x40, 7, 0, 0, 0, 0, 0, 0],
            40, 30 },
        { "webp shortest", [.. "RIFF"u8, 0, 0, 0, 0, .. "WEBPVP8L"u8, 0, 0, 0, 0, 0x2F, 39, 0x40, 7, 0, 0, 0, 0],
            40, 30 },
        { "webp extended", [.. "RIFF"u8, 0, 0, 0, 0, .. "WEBPVP8X"u8, 0, 0, 0, 0, 0, 0, 0, 0, 39, 0, 0, 29, 0, 0],
            40, 30 },
        { "jpeg", [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xFF, 0xC4, 0, 2, 0xFF, 0xC2, 0, 11, 8, 0, 5, 1, 0, 1, 1,
            0x11, 0], 256, 5 },
        { "jpeg behind long segments and stray bytes",
            [0xFF, 0xD8, 0xFF, 0xE1, 0xFF, 0xFF, .. new byte[65_533], 0xFF, 0xE2, 0x20, 0, .. new byte[8_190], .. new byte[50_000],
            0xFF, 0xC0, 0, 11, 8, 0, 5, 1, 0, 1, 1, 0x11, 0], 256, 5 },
    };

    [Theory]
    [MemberData(nameof(Headers))]
    public void Have_the_size_of_the_originals(string format, byte[] file, int width, int height)
    {
        (int, int) size = SizeOfBlank(new BytesImageSource(format, file));
        Assert.Equal((width, height), size);
    }

    // At most 65,535 a side and 100,000,000 pixels: 65,535 · 1,525 is 99,940,875.
    [Theory]
    [InlineData(65_535, 1_525, true)]
    [InlineData(10_000, 10_000, true)]
    [InlineData(10_000, 10_001, false)]
    [InlineData(65_536, 1, false)]
    [InlineData(1, 65_536, false)]
    [InlineData(0, 5, false)]
    [InlineData(5, 0, false)]
    public void Sizes_that_no_picture_should_have_are_refused(int width, int height, bool isRead)
    {
        byte[] file = [.. (byte[])Headers.First()[1]];
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(16), width);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(20), height);
        if (isRead)
        {
            Assert.Equal((width, height), ImageHeaderSize.Read(new MemoryStream(file), "p"));
            return;
        }

        Assert.Contains($"got {width} x {height}", Assert.Throws<InvalidDataException>(
            () => ImageHeaderSize.Read(new MemoryStream(file), "p")).Message);
    }

    [Fact]
    public void Have_only_the_size_of_real_images()
    {
        IVqaDataset test = RealMini.LoadTest(RepositoryFolder.RealMini);
        IVqaDataset blank = test.BlankImages(gray: 100);
        Assert.Equal(test.Count, blank.Count);
        foreach (string ending in (ReadOnlySpan<string>)[".png", ".jpg"])
        {
            VqaExample example = blank.First(one => one.Images[0].Name.EndsWith(ending, StringComparison.Ordinal));
            byte[] bitmap = ReadAll(example.Images[0]);
            int width = BitConverter.ToInt32(bitmap, 18), height = Math.Abs(BitConverter.ToInt32(bitmap, 22));
            Assert.InRange(Math.Max(width, height), 100, 112);

            // Rows end at multiples of four bytes.
            byte[][] rows = [.. bitmap[54..].Chunk((3 * width + 3) / 4 * 4)];
            Assert.Equal(height, rows.Length);
            Assert.All(rows, row => Assert.Equal(Enumerable.Repeat((byte)100, 3 * width), row.Take(3 * width)));
        }

        Assert.Equal(test[5].Problem, blank[5].Problem);
        Assert.StartsWith("blank:", blank[5].Images[0].Name);
    }

    [Fact]
    public void Have_the_size_of_pixels_in_memory() =>
        Assert.Equal((3, 2), SizeOfBlank(new PixelImageSource("p", new RgbImage(3, 2, new byte[18]))));

    // A cache of prepared images keeps one per file, however many questions are about it.
    [Fact]
    public void Are_equal_if_the_original_file_and_the_gray_are_the_same()
    {
        IImageSource Blank(string file, byte gray) => new InMemoryDataset(
            "one", [new() { Id = "x", Question = "q", Answer = "a", Images = [new FileImageSource(file)] }])
            .BlankImages(gray)[0].Images[0];
        Assert.Equal(new FileImageSource("a.png"), new FileImageSource("a.png"));
        Assert.NotEqual(new FileImageSource("a.png"), new FileImageSource("A.png"));
        Assert.Equal(Blank("a.png", 100), Blank("a.png", 100));
        Assert.Equal(Blank("a.png", 100).GetHashCode(), Blank("a.png", 100).GetHashCode());
        Assert.NotEqual(Blank("a.png", 100), Blank("b.png", 100));
        Assert.NotEqual(Blank("a.png", 100), Blank("a.png", 101));
    }

    [Fact]
    public void Name_a_file_that_is_not_an_image()
    {
        InvalidDataException exception =
            Assert.Throws<InvalidDataException>(() => SizeOfBlank(new BytesImageSource("letter.txt", [.. "Dear"u8])));
        Assert.Contains("letter.txt", exception.Message);
    }

    // A header of 65,000 x 65,000 pixels would require 12 GB.
    [Fact]
    public void Refuse_an_absurd_size_before_allocating_memory() =>
        Assert.Throws<InvalidDataException>(
            () => SizeOfBlank(new BytesImageSource("bomb", [.. "GIF89a"u8, 0xE8, 0xFD, 0xE8, 0xFD])));

    private static (int Width, int Height) SizeOfBlank(IImageSource image)
    {
        VqaExample example = new() { Id = "x", Question = "q", Answer = "a", Images = [image] };
        byte[] bitmap = ReadAll(new InMemoryDataset("one", [example]).BlankImages()[0].Images[0]);
        return (BitConverter.ToInt32(bitmap, 18), BitConverter.ToInt32(bitmap, 22));
    }

    private static byte[] ReadAll(IImageSource image)
    {
        using Stream stream = image.OpenRead();
        using MemoryStream bytes = new();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
