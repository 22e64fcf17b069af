using MedR1.Imaging;

namespace MedR1.Models.Qwen2VL;

/// <summary>Options of the image processor that the model's files do not determine.</summary>
public sealed record ImageProcessorOptions
{
    /// <summary>The decoder.</summary>
    /// <value>The default is SkiaSharp's.</value>
    public IImageDecoder Decoder { get; init; } = new SkiaImageDecoder();

    /// <summary>Limits and color rules of decoding.</summary>
    /// <value>The default composites transparency over white, as transformers 5 does.</value>
    public ImageDecodeOptions Decoding { get; init; } = ImageDecodeOptions.Default;

    /// <summary>The axis that is resampled first.</summary>
    /// <value>The default is horizontal, as in torchvision and all releases of Pillow except 13.0.</value>
    public ResizePassOrder PassOrder { get; init; } = ResizePassOrder.HorizontalFirst;

    /// <summary>Overrides the model's maximum number of pixels after the resize, which limits the number of features.</summary>
    /// <value>The default is <see langword="null"/>: the model's limit.</value>
    public long? MaxPixels { get; init; }

    /// <summary>Overrides the model's minimum number of pixels after the resize.</summary>
    /// <value>The default is <see langword="null"/>: the model's limit.</value>
    public long? MinPixels { get; init; }

    /// <summary>
    /// The size in bytes of the cache of prepared images, from which the least recently used are evicted. An image that many
    /// questions share is then decoded and resized only once. Sources are compared by <see cref="object.Equals(object)"/>, files by
    /// their path.
    /// </summary>
    /// <value>The default is 0: images are not cached, so that changes to a file are noticed.</value>
    public long CacheBytes { get; init; }
}
