using MedR1.Imaging;

namespace MedR1.Samples.SchoolBase;

/// <summary>Shows a different part of an image each time, so that its content is learnt and not the image itself.</summary>
/// <param name="leastShare">The smallest share of an image's sides that is shown, above 0; 1 for whole images.</param>
internal sealed class PictureCropper(double leastShare)
{
    private readonly SkiaImageDecoder _decoder = new();
    private readonly Dictionary<string, RgbImage> _decoded = [];

    /// <summary>Returns the image that a lesson shows.</summary>
    /// <param name="picture">The whole image.</param>
    /// <param name="random">The source of the random choices.</param>
    public IImageSource Show(IImageSource picture, Random random)
    {
        if (leastShare == 1)
        {
            return picture;
        }

        if (!_decoded.TryGetValue(picture.Name, out RgbImage? decoded))
        {
            decoded = _decoder.Load(picture);
            _decoded[picture.Name] = decoded;
        }

        return CroppedPicture.Cut(picture.Name, decoded, leastShare, random);
    }
}
