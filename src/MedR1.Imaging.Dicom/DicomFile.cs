using System.IO.Compression;

namespace MedR1.Imaging.Dicom;

/// <summary>
/// A DICOM file with images (PS3.10), with or without its preamble: explicit and implicit little endian, big endian, deflated, RLE
/// and baseline JPEG; gray with 8 or 16 bits, signed or unsigned, RGB, YBR_FULL, YBR_FULL_422 and palettes. Rescale, window and
/// lookup tables are applied per frame, including the functional groups of enhanced files; overlays are not drawn. The sizes that
/// the file declares are checked before anything is allocated.
/// </summary>
/// <remarks>Safe to use from several threads at once.</remarks>
public sealed class DicomFile
{
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

    /// <summary>Reads a file; its pixels are not decoded until they are requested.</summary>
    /// <param name="file">The whole file; it is not copied and must not change.</param>
    /// <param name="limits">Limits on the file; null for the defaults.</param>
    /// <exception cref="DicomException">It is not a DICOM image, is broken, or is of an unsupported kind.</exception>
    public static DicomFile Read(ReadOnlyMemory<byte> file, DicomLimits? limits = null)
    {
        limits ??= DicomLimits.Default;
        (int start, TransferSyntax syntax) = FileHead.Read(file);
        ByteCursor cursor = syntax.IsDeflated
            ? new ByteCursor(Inflate(file[start..], limits), 0, isBigEndian: false)
            : new ByteCursor(file, start, syntax.IsBigEndian);
        ElementTable table = new(DataSetParser.Parse(cursor, syntax.IsExplicit, _ => true), syntax.IsBigEndian);
        DataElement pixels = table.Find(DicomTag.PixelData) ?? throw new DicomException(
            table.Find(DicomTag.FloatPixelData) is null && table.Find(DicomTag.DoublePixelData) is null
                ? "Pixel Data (7FE0,0010) is missing: the file contains no image."
                : "The pixels are floating-point numbers (7FE0,0008 or 7FE0,0009), which are not supported. Convert them to whole "
                    + "numbers.");
        return new DicomFile(table, PixelFormat.Read(table, limits), syntax, pixels, limits);
    }

    /// <summary>Reads a file from a source.</summary>
    /// <param name="source">The file.</param>
    /// <param name="limits">Limits on the file; null for the defaults.</param>
    /// <exception cref="DicomException">It is not a DICOM image, is broken, or is of an unsupported kind.</exception>
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

    /// <summary>A top-level element of the file as text; null if it does not exist.</summary>
    /// <param name="tag">The element's tag.</param>
    public string? Text(DicomTag tag) => _table.Text(tag);

    /// <summary>The stored values of a frame, before rescale and window; for images with one sample per pixel.</summary>
    /// <param name="frame">Which frame, from 0.</param>
    /// <returns><c>[Height, Width]</c> values.</returns>
    /// <exception cref="InvalidOperationException">The image is in color.</exception>
    /// <exception cref="DicomException">The frame is broken.</exception>
    public int[] StoredValues(int frame = 0)
    {
        CheckFrame(frame);
        if (_format.Samples != 1)
        {
            throw new InvalidOperationException($"A {_format.Photometric} image has three values per pixel: use Render.");
        }

        return _syntax.Encoding == PixelEncoding.Jpeg
            ? JpegFrame.Values(JpegFrame.Decode(_frames.ReadJpeg(frame), _format, _limits, frame))
            : SampleValues.Read(_frames.Read(frame).Span, _format);
    }

    /// <summary>A frame as an image.</summary>
    /// <param name="options">Which frame and window; null for the defaults.</param>
    /// <exception cref="DicomException">The frame is broken.</exception>
    public RgbImage Render(DicomRenderOptions? options = null)
    {
        options ??= DicomRenderOptions.Default;
        CheckFrame(options.Frame);
        if (_format.IsMonochrome)
        {
            return GrayRenderer.Render(StoredValues(options.Frame), _format, _table, options);
        }

        if (_format.Samples == 1)
        {
            return ColorRenderer.RenderPalette(StoredValues(options.Frame), _format, _table);
        }

        return _syntax.Encoding == PixelEncoding.Jpeg
            ? JpegFrame.Decode(_frames.ReadJpeg(options.Frame), _format, _limits, options.Frame)
            : ColorRenderer.Render(_frames.Read(options.Frame), _format);
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

    private void CheckFrame(int frame)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(frame);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(frame, FrameCount);
    }
}
