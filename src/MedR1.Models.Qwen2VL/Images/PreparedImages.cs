using MedR1.Modeling;

namespace MedR1.Models.Qwen2VL;

/// <summary>Pictures that are ready for the tower, by their source; the least recently used leave when the bytes are full.</summary>
/// <remarks>
/// Safe to use from several threads at once; two that ask for the same new picture may both prepare it, and get the same one.
/// </remarks>
internal sealed class PreparedImages(long capacityInBytes)
{
    private readonly RecentlyUsed<IImageSource, EncodedImage> _images = new(capacityInBytes);

    /// <summary>The picture of a source, prepared now if it isn't there.</summary>
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
