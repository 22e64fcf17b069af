namespace MedR1.Imaging.Dicom;

/// <summary>
/// A frame of a DICOM file as an image source that any decoder can read: opening it gives a BMP file. The DICOM file is read each
/// time the image is opened.
/// </summary>
public sealed class DicomImageSource : IImageSource
{
    private readonly IImageSource _file;
    private readonly DicomRenderOptions _options;
    private readonly DicomLimits? _limits;

    /// <summary>Creates a source from a file.</summary>
    /// <param name="file">The DICOM file.</param>
    /// <param name="options">Which frame and window; null for the defaults.</param>
    /// <param name="limits">Limits on the file; null for the defaults.</param>
    public DicomImageSource(IImageSource file, DicomRenderOptions? options = null, DicomLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        _file = file;
        _options = options ?? DicomRenderOptions.Default;
        _limits = limits;
        Name = _options.Frame == 0 ? file.Name : $"{file.Name}#{_options.Frame}";
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    /// <exception cref="DicomException">The file is not a DICOM image, is broken, or has no such frame.</exception>
    public Stream OpenRead()
    {
        DicomFile file = DicomFile.Load(_file, _limits);
        return _options.Frame < file.FrameCount
            ? new PixelImageSource(Name, file.Render(_options)).OpenRead()
            : throw new DicomException($"'{_file.Name}' has {file.FrameCount} frames, so there is no frame {_options.Frame}.");
    }
}
