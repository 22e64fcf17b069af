using MedR1.Imaging;

namespace MedR1.Models.Qwen2VL;

/// <summary>How images are read, as far as the model's files leave a choice.</summary>
public sealed record ImageProcessorOptions
{
    /// <summary>The decoder.</summary>
    /// <value>The default is SkiaSharp's.</value>
    public IImageDecoder Decoder { get; init; } = new SkiaImageDecoder();

    /// <summary>Limits and colour rules of decoding.</summary>
    /// <value>The default composites transparency over white, as transformers 5 does.</value>
    public ImageDecodeOptions Decoding { get; init; } = ImageDecodeOptions.Default;

    /// <summary>Which axis is resampled first.</summary>
    /// <value>The default is horizontal, as in torchvision and all releases of Pillow except 13.0.</value>
    public ResizePassOrder PassOrder { get; init; } = ResizePassOrder.HorizontalFirst;

    /// <summary>Replaces the model's maximum number of pixels after the resize, and so limits the features.</summary>
    /// <value>The default is <see langword="null"/>: the model's own.</value>
    public long? MaxPixels { get; init; }

    /// <summary>Replaces the model's minimum number of pixels after the resize.</summary>
    /// <value>The default is <see langword="null"/>: the model's own.</value>
    public long? MinPixels { get; init; }

    /// <summary>
    /// Bytes of prepared images to cache; the least recently used are dropped first. An image that many questions share is then
    /// decoded and resized once. Equal sources (<see cref="object.Equals(object)"/>) are one image, files by their path.
    /// </summary>
    /// <value>The default is 0: each image is prepared anew, and changes to a file are noticed.</value>
    public long CacheBytes { get; init; }
}
