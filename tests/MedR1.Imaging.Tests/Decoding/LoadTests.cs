using SkiaSharp;

namespace MedR1.Imaging.Tests;

public sealed class LoadTests
{
    private static readonly SkiaImageDecoder Decoder = new();

    [Fact]
    public void Loads_from_a_source()
    {
        RgbImage image = Images.Random(4, 3, seed: 1);
        BytesImageSource source = new("scan 7", Images.Encode(image, SKEncodedImageFormat.Png));

        Assert.Equal(image.Pixels.ToArray(), Decoder.Load(source).Pixels.ToArray());
        Assert.Equal(new ImageHeader(ImageFormat.Png, 4, 3, 8, 3), Decoder.LoadHeader(source));
    }

    [Fact]
    public void Pixels_in_memory_are_not_encoded_first()
    {
        RgbImage image = Images.Random(4, 3, seed: 1);

        Assert.Same(image, Decoder.Load(new PixelImageSource("phantom", image)));
    }

    [Fact]
    public void The_file_of_a_pixel_source_decodes_to_its_pixels()
    {
        RgbImage image = Images.Random(5, 3, seed: 1);
        using Stream file = new PixelImageSource("phantom", image).OpenRead();
        byte[] bytes = new byte[file.Length];
        file.ReadExactly(bytes);

        Assert.Equal(image.Pixels.ToArray(), Decoder.Decode(bytes).Pixels.ToArray());
    }

    [Fact]
    public void A_broken_image_is_named()
    {
        BytesImageSource source = new("fundus/12.png", [1, 2, 3]);

        ImageFormatException exception = Assert.Throws<ImageFormatException>(() => Decoder.Load(source));

        Assert.StartsWith("fundus/12.png: The 3 bytes are not a PNG", exception.Message);
        Assert.Equal("fundus/12.png", exception.SourceName);
        Assert.Throws<ImageFormatException>(() => Decoder.LoadHeader(source));
    }

    [Fact]
    public void An_image_that_cannot_be_read_is_named()
    {
        string missing = Path.Combine(Path.GetTempPath(), "no-such-folder", "scan.png");
        FileNotFoundException absent = Assert.Throws<FileNotFoundException>(() => Decoder.Load(new FileImageSource(missing)));
        Assert.StartsWith($"There is no image '{missing}'. Put it there", absent.Message);

        // However the path is written.
        string spelt = Path.Combine(Path.GetDirectoryName(missing)!, ".", Path.GetFileName(missing));
        Assert.Equal(
            absent.Message, Assert.Throws<FileNotFoundException>(() => Decoder.Load(new FileImageSource(spelt))).Message);
        Assert.Equal(missing, absent.FileName);

        IOException folder = Assert.Throws<IOException>(() => Decoder.Load(new FileImageSource(Path.GetTempPath())));
        Assert.Contains("is a folder", folder.Message);

        IOException broken = Assert.Throws<IOException>(() => Decoder.LoadHeader(new BrokenSource()));
        Assert.Equal("The image 'scan 7' can't be read: timed out", broken.Message);
    }

    [Fact]
    public void An_image_with_too_many_pixels_is_named()
    {
        BytesImageSource source = new("slide.png", Bombs.Of("PNG"));

        ImageTooLargeException exception = Assert.Throws<ImageTooLargeException>(() => Decoder.Load(source));

        Assert.StartsWith("slide.png: ", exception.Message);
        Assert.Equal("slide.png", exception.SourceName);
        Assert.Equal(100_000, Decoder.LoadHeader(source).Width);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void No_more_than_the_limit_and_one_byte_is_read(bool canSeek)
    {
        EndlessStream stream = new(canSeek);
        ImageDecodeOptions options = new() { MaxBytes = 100_000 };

        ImageTooLargeException exception = Assert.Throws<ImageTooLargeException>(
            () => Decoder.Load(new StreamSource(stream), options));

        Assert.StartsWith("endless: ", exception.Message);
        Assert.True(stream.Served <= 100_001);
        EndlessStream header = new(canSeek);
        Assert.Throws<ImageTooLargeException>(() => Decoder.LoadHeader(new StreamSource(header), options));
        Assert.True(header.Served <= 100_001);
    }

    [Fact]
    public void A_stream_that_returns_one_byte_at_a_time_is_read_to_its_end()
    {
        RgbImage image = Images.Random(9, 8, seed: 1);
        byte[] file = Images.Encode(image, SKEncodedImageFormat.Png);

        RgbImage loaded = Decoder.Load(new StreamSource(new DrippingStream(file)));

        Assert.Equal(image.Pixels.ToArray(), loaded.Pixels.ToArray());
    }

    [Fact]
    public void A_missing_file_is_reported_as_missing()
    {
        FileNotFoundException exception = Assert.Throws<FileNotFoundException>(
            () => Decoder.Load(new FileImageSource(Path.Combine(Path.GetTempPath(), "no-such-picture.png"))));

        Assert.Contains("no-such-picture.png", exception.Message);
    }

    private sealed class StreamSource(Stream stream) : IImageSource
    {
        public string Name => "endless";

        public Stream OpenRead() => stream;
    }

    private sealed class DrippingStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;

        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 1));
    }

    private sealed class EndlessStream(bool canSeek) : Stream
    {
        public long Served { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => canSeek;

        public override bool CanWrite => false;

        public override long Length => long.MaxValue;

        public override long Position { get; set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            Served += count;
            return count;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }

    private sealed class BrokenSource : IImageSource
    {
        public string Name => "scan 7";

        public Stream OpenRead() => throw new IOException("timed out");
    }
}
