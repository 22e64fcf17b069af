using MedR1.Imaging;

namespace MedR1.Samples.PretrainBase;

/// <summary>Shows a different part of an image each time, so that its content is learnt and not the image itself.</summary>
/// <param name="minCropFraction">The smallest fraction of an image's sides that is shown, above 0; 1 for whole images.</param>
internal sealed class ImageCropper(double minCropFraction)
{
    private readonly SkiaImageDecoder _decoder = new();
    private readonly Dictionary<string, RgbImage> _decoded = [];

    /// <summary>Returns the image that an example shows.</summary>
    /// <param name="image">The whole image.</param>
    /// <param name="random">The source of the random choices.</param>
    public IImageSource Show(IImageSource image, Random random)
    {
        if (minCropFraction == 1)
        {
            return image;
        }

        if (!_decoded.TryGetValue(image.Name, out RgbImage? decoded))
        {
            decoded = _decoder.Load(image);
            _decoded[image.Name] = decoded;
        }

        return CroppedImage.Cut(image.Name, decoded, minCropFraction, random);
    }
}
