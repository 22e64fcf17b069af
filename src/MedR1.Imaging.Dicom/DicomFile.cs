using System.IO.Compression;

namespace MedR1.Imaging.Dicom;

/// <summary>
/// A DICOM file with pictures (PS3.10): explicit and implicit little endian, big endian, deflated, RLE and baseline JPEG;
/// grey of 8 or 16 bits, signed or not, RGB, YBR_FULL and palettes. Window and rescale are read from the file's top
/// level, not from the functional groups of enhanced multi-frame files. What the file announces is checked before
/// anything is allocated for it.
/// </summary>
/// <remarks>Safe to use from several threads at once.</remarks>
public sealed class DicomFile
{
    private const int PreambleBytes = 128;
    private static readonly SkiaImageDecoder s_jpeg = new();
    private readonly ElementTable _table;
    private readonly PixelFormat _format;
    private readonly TransferSyntax _syntax;
    private readonly FrameReader _frames;
    private readonly DicomLimits _limits;

    private DicomFile(ElementTable table, PixelFormat format, TransferSyntax syntax, DataElement pixels, DicomLimits limits)
    {
        _table = table;
        _format = format;
        _syntax = syntax;
        _frames = new FrameReader(format, syntax, pixels);
        _limits = limits;
    }

    /// <summary>The UID of the transfer syntax.</summary>
    public string TransferSyntaxUid => _syntax.Uid;

    /// <summary>Columns of a frame.</summary>
    public int Width => _format.Columns;

    /// <summary>Rows of a frame.</summary>
    public int Height => _format.Rows;

    /// <summary>Number of frames.</summary>
    public int FrameCount => _format.Frames;

    /// <summary>The photometric interpretation, such as <c>MONOCHROME2</c>.</summary>
    public string PhotometricInterpretation => _format.Photometric;

    /// <summary>Reads a file; its pixels are unpacked when they are asked for.</summary>
    /// <param name="file">The whole file; it is not copied and must not change.</param>
    /// <param name="limits">What the file may ask for; null for the defaults.</param>
    /// <exception cref="DicomException">It is no DICOM picture, a broken one, or one of a kind that is not read.</exception>
    public static DicomFile Read(ReadOnlyMemory<byte> file, DicomLimits? limits = null)
    {
        limits ??= DicomLimits.Default;
        if (file.Length < PreambleBytes + 4 || !file.Span.Slice(PreambleBytes, 4).SequenceEqual("DICM"u8))
        {
            throw new DicomException("No DICOM file: 'DICM' does not stand at byte 128.");
        }

        ByteCursor cursor = new(file, PreambleBytes + 4, isBigEndian: false);
        ElementTable meta = new(DataSetParser.Parse(cursor, isExplicit: true, tag => tag.Group == 2), isBigEndian: false);
        TransferSyntax syntax = TransferSyntax.Find(
            meta.Text(DicomTag.TransferSyntaxUid)
                ?? throw new DicomException("Transfer Syntax UID (0002,0010) is missing, so that the file can't be read."));
        cursor = syntax.IsDeflated
            ? new ByteCursor(Inflate(file[cursor.Position..], limits), 0, isBigEndian: false)
            : new ByteCursor(file, cursor.Position, syntax.IsBigEndian);
        ElementTable table = new(
            DataSetParser.Parse(cursor, syntax.IsExplicit, _ => true), syntax.IsBigEndian);
        DataElement pixels = table.Find(DicomTag.PixelData)
            ?? throw new DicomException("Pixel Data (7FE0,0010) is missing: the file holds no picture.");
        return new DicomFile(table, PixelFormat.Read(table, limits), syntax, pixels, limits);
    }

    /// <summary>Reads a file from a source.</summary>
    /// <param name="source">The file.</param>
    /// <param name="limits">What the file may ask for; null for the defaults.</param>
    /// <exception cref="DicomException">It is no DICOM picture, a broken one, or one of a kind that is not read.</exception>
    /// <exception cref="IOException">The source can't be read.</exception>
    public static DicomFile Load(IImageSource source, DicomLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        limits ??= DicomLimits.Default;
        using Stream stream = source.OpenRead();
        using MemoryStream bytes = BoundedStream.ReadAll(stream, limits.MaxFileBytes, () => new DicomException(
            $"'{source.Name}' has more than {limits.MaxFileBytes} bytes. Raise {nameof(DicomLimits)}."
            + $"{nameof(DicomLimits.MaxFileBytes)} if it can be trusted."));
        try
        {
            return Read(bytes.GetBuffer().AsMemory(0, (int)bytes.Length), limits);
        }
        catch (DicomException exception)
        {
            throw new DicomException($"'{source.Name}': {exception.Message}", exception);
        }
    }

    /// <summary>An element of the file's top level as text; null where it is not there.</summary>
    /// <param name="tag">The element's name.</param>
    public string? Text(DicomTag tag) => _table.Text(tag);

    /// <summary>The values of a frame as they are stored, before rescale and window; for pictures of one sample.</summary>
    /// <param name="frame">Which frame, from 0.</param>
    /// <returns><c>[Height, Width]</c> values.</returns>
    /// <exception cref="InvalidOperationException">The picture is in colour.</exception>
    /// <exception cref="DicomException">The frame is broken.</exception>
    public int[] StoredValues(int frame = 0)
    {
        CheckFrame(frame);
        if (_format.Samples != 1)
        {
            throw new InvalidOperationException($"A {_format.Photometric} picture has three values a pixel: use Render.");
        }

        return _syntax.Encoding == PixelEncoding.Jpeg
            ? JpegValues(DecodeJpeg(frame))
            : SampleValues.Read(_frames.Read(frame).Span, _format);
    }

    /// <summary>A frame as a picture.</summary>
    /// <param name="options">Which frame and window; null for the defaults.</param>
    /// <exception cref="DicomException">The frame is broken.</exception>
    public RgbImage Render(DicomRenderOptions? options = null)
    {
        options ??= DicomRenderOptions.Default;
        CheckFrame(options.Frame);
        if (_format.IsMonochrome)
        {
            return GreyRenderer.Render(StoredValues(options.Frame), _format, _table, options);
        }

        if (_format.Samples == 1)
        {
            return ColorRenderer.RenderPalette(StoredValues(options.Frame), _format, _table);
        }

        return _syntax.Encoding == PixelEncoding.Jpeg
            ? DecodeJpeg(options.Frame)
            : ColorRenderer.Render(_frames.Read(options.Frame), _format);
    }

    private static int[] JpegValues(RgbImage image)
    {
        ReadOnlySpan<byte> pixels = image.Pixels.Span;
        int[] values = new int[image.Width * image.Height];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = pixels[i * 3];
        }

        return values;
    }

    private static ReadOnlyMemory<byte> Inflate(ReadOnlyMemory<byte> packed, DicomLimits limits)
    {
        try
        {
            using DeflateStream inflate = new(new MemoryStream(packed.ToArray()), CompressionMode.Decompress);
            MemoryStream bytes = BoundedStream.ReadAll(inflate, limits.MaxInflatedBytes, () => new DicomException(
                $"The file unpacks to more than {limits.MaxInflatedBytes} bytes. Raise {nameof(DicomLimits)}."
                + $"{nameof(DicomLimits.MaxInflatedBytes)} if it can be trusted."));
            return bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
        }
        catch (InvalidDataException exception)
        {
            throw new DicomException($"The deflated data set is broken: {exception.Message}", exception);
        }
    }

    private RgbImage DecodeJpeg(int frame)
    {
        ReadOnlyMemory<byte> jpeg = _frames.ReadJpeg(frame);
        try
        {
            ImageHeader header = s_jpeg.ReadHeader(jpeg);
            return header.Width == Width && header.Height == Height && _format.BitsAllocated == 8
                ? s_jpeg.Decode(jpeg, new ImageDecodeOptions { MaxPixels = _limits.MaxPixels })
                : throw new DicomException(
                    $"The JPEG of frame {frame} has {header.Width} x {header.Height} pixels, but the file announces {Width} x "
                    + $"{Height} of {_format.BitsAllocated} bits; 8 are read.");
        }
        catch (Exception exception) when (exception is ImageFormatException or ImageTooLargeException)
        {
            throw new DicomException($"The JPEG of frame {frame} is broken or not read: {exception.Message}", exception);
        }
    }

    private void CheckFrame(int frame)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(frame);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(frame, FrameCount);
    }
}
