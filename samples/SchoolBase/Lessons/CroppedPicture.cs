using MedR1.Imaging;

namespace MedR1.Samples.SchoolBase;

/// <summary>A part of an image, cut out anew for each lesson, so that its content is learnt and not the image itself.</summary>
internal sealed class CroppedPicture : IImageSource
{
    private readonly PixelImageSource _part;

    private CroppedPicture(PixelImageSource part) => _part = part;

    public string Name => _part.Name;

    /// <summary>Cuts out a part with sides of a random share of the image's, at a random position.</summary>
    /// <param name="name">The image's name.</param>
    /// <param name="picture">The image.</param>
    /// <param name="leastShare">The smallest share of a side, above 0, at most 1.</param>
    /// <param name="random">The source of the random choices.</param>
    public static CroppedPicture Cut(string name, RgbImage picture, double leastShare, Random random)
    {
        int width = Side(picture.Width), height = Side(picture.Height);
        int left = random.Next(picture.Width - width + 1), top = random.Next(picture.Height - height + 1);
        byte[] pixels = new byte[width * height * 3];
        for (int row = 0; row < height; row++)
        {
            picture.Pixels.Span.Slice(((top + row) * picture.Width + left) * 3, width * 3).CopyTo(pixels.AsSpan(row * width * 3));
        }

        return new CroppedPicture(new PixelImageSource($"{name} from {left}, {top}", new RgbImage(width, height, pixels)));

        int Side(int whole) => Math.Max(1, (int)Math.Round(whole * (leastShare + (1 - leastShare) * random.NextDouble())));
    }

    public Stream OpenRead() => _part.OpenRead();
}
