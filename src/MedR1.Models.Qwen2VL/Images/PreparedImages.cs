using MedR1.Modeling;

namespace MedR1.Models.Qwen2VL;

/// <summary>A cache of images prepared for the tower, by source; the least recently used are evicted.</summary>
/// <remarks>
/// Thread-safe; two threads that request the same new image may both prepare it, but receive the same instance.
/// </remarks>
internal sealed class PreparedImages(long capacityInBytes)
{
    private readonly RecentlyUsed<IImageSource, EncodedImage> _images = new(capacityInBytes);

    /// <summary>Returns the image of a source, preparing it if it is not cached.</summary>
    public EncodedImage Get(IImageSource source, Func<IImageSource, EncodedImage> prepare)
    {
        if (_images.TryGet(source, out EncodedImage? known))
        {
            return known;
        }

        EncodedImage image = prepare(source);
        return _images.Add(source, image, 256 + sizeof(float) * (long)image.Patches.Length);
    }
}
