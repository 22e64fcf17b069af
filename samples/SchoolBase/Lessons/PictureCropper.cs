using MedR1.Imaging;

namespace MedR1.Samples.SchoolBase;

/// <summary>Shows a part of a picture, another one each time: what pictures show is learnt, not the pictures by heart.</summary>
/// <param name="leastShare">The smallest share of a picture's sides that is shown, above 0; 1 for whole pictures.</param>
internal sealed class PictureCropper(double leastShare)
{
    private readonly SkiaImageDecoder _decoder = new();
    private readonly Dictionary<string, RgbImage> _decoded = [];

    /// <summary>Gives what a lesson shows.</summary>
    /// <param name="picture">The whole picture.</param>
    /// <param name="random">Where the choices come from.</param>
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
