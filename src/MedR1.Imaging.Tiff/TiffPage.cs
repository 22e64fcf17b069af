using BitMiracle.LibTiff.Classic;
using Handle = BitMiracle.LibTiff.Classic.Tiff;

namespace MedR1.Imaging.Tiff;

/// <summary>The first page of a TIFF file: its tags, and its samples as stored.</summary>
internal sealed class TiffPage : IDisposable
{
    // Red, green, blue, black and alpha, and a few channels that are skipped.
    private const int MostSamples = 16;
    private readonly Handle _handle;
    private readonly TiffFile _file;

    private TiffPage(Handle handle, TiffFile file)
    {
        (_handle, _file) = (handle, file);
        BitsPerSample = Number(TiffTag.BITSPERSAMPLE, 1);
        SamplesPerPixel = Number(TiffTag.SAMPLESPERPIXEL, 1);
        Photometric = (Photometric)Number(TiffTag.PHOTOMETRIC, SamplesPerPixel >= 3 ? (int)Photometric.RGB : (int)Photometric.MINISBLACK);
        Orientation = (Orientation)Number(TiffTag.ORIENTATION, (int)Orientation.TOPLEFT);
        (Width, Height) = (Number(TiffTag.IMAGEWIDTH, 0), Number(TiffTag.IMAGELENGTH, 0));
        SampleFormat format = (SampleFormat)Number(TiffTag.SAMPLEFORMAT, (int)SampleFormat.UINT);
        IsFloat = format == SampleFormat.IEEEFP && BitsPerSample == 32 && SamplesPerPixel == 1 && Photometric == Photometric.MINISBLACK;
        if (!IsFloat && (BitsPerSample is not (1 or 2 or 4 or 8 or 16) || SamplesPerPixel is < 1 or > MostSamples
            || format is not (SampleFormat.UINT or SampleFormat.VOID)))
        {
            throw Unsupported($"{SamplesPerPixel} samples of {BitsPerSample} bits, format {(int)format} ({format})");
        }
    }

    public int Width { get; }

    public int Height { get; }

    public int BitsPerSample { get; }

    public int SamplesPerPixel { get; }

    /// <summary>Whether the samples are gray floating-point numbers of 32 bits.</summary>
    public bool IsFloat { get; }

    /// <summary>The number of bytes in which <see cref="ReadSamples"/> returns a sample.</summary>
    public int BytesPerSample => (BitsPerSample + 7) / 8;

    public Photometric Photometric { get; }

    public Orientation Orientation { get; }

    public bool IsJpeg => Number(TiffTag.COMPRESSION, 1) is (int)Compression.JPEG or (int)Compression.OJPEG;

    public bool HasSeparatePlanes => Number(TiffTag.PLANARCONFIG, 1) == (int)PlanarConfig.SEPARATE && SamplesPerPixel > 1;

    /// <summary>The header; columns and rows are those of the image once it is turned.</summary>
    public ImageHeader Header => Orientation >= Orientation.LEFTTOP
        ? new ImageHeader(ImageFormat.Tiff, Height, Width, BitsPerSample, SamplesPerPixel)
        : new ImageHeader(ImageFormat.Tiff, Width, Height, BitsPerSample, SamplesPerPixel);

    /// <summary>What the samples beyond the colors are; unspecified ones are 0.</summary>
    public IReadOnlyList<ExtraSample> ExtraSamples => _handle.GetField(TiffTag.EXTRASAMPLES) is [var count, var values]
        ? [.. values.ToByteArray() is { Length: > 0 } bytes && bytes.Length == count.ToInt()
            ? bytes.Select(value => (ExtraSample)value)
            : values.ToShortArray().Select(value => (ExtraSample)value)]
        : [];

    /// <summary>The colors of a palette, red, green and blue in 16 bits each.</summary>
    public short[][] Palette => _handle.GetField(TiffTag.COLORMAP) is [var red, var green, var blue]
        ? [red.ToShortArray(), green.ToShortArray(), blue.ToShortArray()]
        : throw Broken("it has no palette");

    /// <exception cref="ImageFormatException">The bytes are not a TIFF file, or one of an unsupported kind.</exception>
    public static TiffPage Open(ReadOnlyMemory<byte> encoded)
    {
        TiffDirectory.Check(encoded.Span);
        TiffFile file = new(encoded);
        Handle? handle = null;
        try
        {
            handle = Handle.ClientOpen("image", "r", file, file);
            return handle is null ? throw Broken(file.Messages.First) : new TiffPage(handle, file);
        }
        catch (Exception exception) when (exception is not ImageFormatException)
        {
            handle?.Dispose();
            throw Broken(exception.Message);
        }
        catch
        {
            handle?.Dispose();
            throw;
        }
    }

    /// <summary>The exception for a page that is valid but of a kind that is not read.</summary>
    public static ImageFormatException Unsupported(string what) =>
        new($"The TIFF file is of a kind that is not read: {what}. Convert the file to PNG.");

    /// <summary>The exception for a broken file.</summary>
    public static ImageFormatException Broken(string what) => new(
        $"The TIFF file is broken: {(what.Length > 0 ? what : "its header can't be read")}. Open it in a viewer, or fetch it again.");

    /// <summary>
    /// The samples, <see cref="BytesPerSample"/> bytes each: <c>[height, width, samples]</c>. Of several bytes, the lower one comes first.
    /// </summary>
    /// <exception cref="ImageFormatException">The data end early or can't be decoded.</exception>
    public byte[] ReadSamples()
    {
        if (IsJpeg && Photometric == Photometric.YCBCR)
        {
            _handle.SetField(TiffTag.JPEGCOLORMODE, JpegColorMode.RGB);
        }

        try
        {
            return TiffSamples.Read(_handle, this);
        }
        catch (Exception exception) when (exception is not (ImageFormatException or OutOfMemoryException))
        {
            throw Broken(_file.Messages.First.Length > 0 ? _file.Messages.First : exception.Message);
        }
    }

    public ImageFormatException BrokenData() => Broken(
        $"it declares {Width} x {Height} pixels, but its data can't be decoded"
        + (_file.Messages.First.Length > 0 ? $" ({_file.Messages.First})" : ""));

    public void Dispose() => _handle.Dispose();

    private int Number(TiffTag tag, int otherwise) =>
        (_handle.GetFieldDefaulted(tag) ?? _handle.GetField(tag)) is [var value, ..] ? value.ToInt() : otherwise;
}
