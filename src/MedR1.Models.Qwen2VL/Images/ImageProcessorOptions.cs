using MedR1.Imaging;

namespace MedR1.Models.Qwen2VL;

/// <summary>How pictures are read, where the model's files leave a choice.</summary>
public sealed record ImageProcessorOptions
{
    /// <summary>The decoder.</summary>
    /// <value>The default is SkiaSharp's.</value>
    public IImageDecoder Decoder { get; init; } = new SkiaImageDecoder();

    /// <summary>Limits and colour rules of decoding.</summary>
    /// <value>The default composites transparency over white, as transformers 5 does.</value>
    public ImageDecodeOptions Decoding { get; init; } = ImageDecodeOptions.Default;

    /// <summary>Which axis is resampled first.</summary>
    /// <value>The default is horizontal, as all releases of Pillow but 13.0 and as torchvision do.</value>
    public ResizePassOrder PassOrder { get; init; } = ResizePassOrder.HorizontalFirst;

    /// <summary>Replaces the model's limit on pixels after the resize, and so on features.</summary>
    /// <value>The default is <see langword="null"/>: the model's own.</value>
    public long? MaxPixels { get; init; }

    /// <summary>Replaces the model's smallest number of pixels after the resize.</summary>
    /// <value>The default is <see langword="null"/>: the model's own.</value>
    public long? MinPixels { get; init; }

    /// <summary>
    /// Bytes of prepared pictures to keep, the least recently used leaving first: a picture that many questions are about is
    /// decoded and resized once. Equal sources (<see cref="object.Equals(object)"/>) are one picture, files by their path.
    /// </summary>
    /// <value>The default is 0: each picture is prepared anew, and a file that changes is seen.</value>
    public long CacheBytes { get; init; }
}
