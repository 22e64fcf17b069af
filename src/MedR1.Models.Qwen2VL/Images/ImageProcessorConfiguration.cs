using MedR1.Imaging;

namespace MedR1.Models.Qwen2VL;

/// <summary>The image settings of a <c>preprocessor_config.json</c>.</summary>
public sealed record ImageProcessorConfiguration
{
    /// <summary>The minimum number of pixels after the resize.</summary>
    /// <value>The default is 3,136, four features.</value>
    public long MinPixels { get; init; } = 56 * 56;

    /// <summary>The maximum number of pixels after the resize.</summary>
    /// <value>
    /// The default is 1,003,520, which the reference uses if a file gives no limit; published files have 12,845,056.
    /// </value>
    public long MaxPixels { get; init; } = 28 * 28 * 1280;

    /// <summary>The side of a patch in pixels.</summary>
    /// <value>The default is 14.</value>
    public int PatchSize { get; init; } = 14;

    /// <summary>The number of frames in a patch; an image is repeated to fill them.</summary>
    /// <value>The default is 2.</value>
    public int TemporalPatchSize { get; init; } = 2;

    /// <summary>The side, in patches, of the square that becomes one feature.</summary>
    /// <value>The default is 2.</value>
    public int MergeSize { get; init; } = 2;

    /// <summary>The values that are subtracted from red, green and blue.</summary>
    /// <value>The default is the mean of CLIP's images.</value>
    public IReadOnlyList<double> Mean { get; init; } = [0.48145466, 0.4578275, 0.40821073];

    /// <summary>The values by which red, green and blue are divided.</summary>
    /// <value>The default is the standard deviation of CLIP's images.</value>
    public IReadOnlyList<double> StandardDeviation { get; init; } = [0.26862954, 0.26130258, 0.27577711];

    /// <summary>The factor by which bytes are multiplied.</summary>
    /// <value>The default is 1/255.</value>
    public double RescaleFactor { get; init; } = 1 / 255.0;

    /// <summary>Whether images are resized; if not, both sides must be multiples of <see cref="Factor"/>.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool Resizes { get; init; } = true;

    /// <summary>The resampling filter.</summary>
    /// <value>The default is bicubic.</value>
    public ResampleFilter Filter { get; init; } = ResampleFilter.Bicubic;

    /// <summary>The number of which both sides of a resized image are multiples.</summary>
    public int Factor => PatchSize * MergeSize;

    /// <summary>Reads a file.</summary>
    /// <param name="path">
    /// A <c>preprocessor_config.json</c> or <c>processor_config.json</c>, or a model's folder: there, the latter if it has an
    /// <c>image_processor</c>, otherwise the former.
    /// </param>
    /// <exception cref="FileNotFoundException">The folder has neither file.</exception>
    /// <exception cref="ModelConfigurationException">A field is of the wrong type or out of range.</exception>
    public static ImageProcessorConfiguration Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        string file = Directory.Exists(path) ? ImageProcessorFiles.Of(path) : path;
        return Parse(File.ReadAllBytes(file), file);
    }

    /// <summary>Reads the content of a file.</summary>
    /// <param name="json">The content.</param>
    /// <param name="source">The name of the file, for messages.</param>
    /// <exception cref="ModelConfigurationException">A field is of the wrong type or out of range.</exception>
    public static ImageProcessorConfiguration Parse(ReadOnlyMemory<byte> json,
        string source = ModelFiles.Preprocessor) =>
        ImageProcessorConfigurationFile.Read(json, source);

    /// <summary>Returns the content of a <c>preprocessor_config.json</c>.</summary>
    public byte[] ToJson() => ImageProcessorConfigurationFile.Write(this);
}
