using MedR1.Imaging;

namespace MedR1.Samples.PretrainBase;

/// <summary>A part of an image, cut out anew for each example, so that its content is learnt and not the image itself.</summary>
internal sealed class CroppedImage : IImageSource
{
    private readonly PixelImageSource _part;

    private CroppedImage(PixelImageSource part) => _part = part;

    public string Name => _part.Name;

    /// <summary>Cuts out a part with sides of a random fraction of the image's, at a random position.</summary>
    /// <param name="name">The image's name.</param>
    /// <param name="image">The image.</param>
    /// <param name="minCropFraction">The smallest fraction of a side, above 0, at most 1.</param>
    /// <param name="random">The source of the random choices.</param>
    public static CroppedImage Cut(string name, RgbImage image, double minCropFraction, Random random)
    {
        int width = Side(image.Width), height = Side(image.Height);
        int left = random.Next(image.Width - width + 1), top = random.Next(image.Height - height + 1);
        byte[] pixels = new byte[width * height * 3];
        for (int row = 0; row < height; row++)
        {
            image.Pixels.Span.Slice(((top + row) * image.Width + left) * 3, width * 3).CopyTo(pixels.AsSpan(row * width * 3));
        }

        return new CroppedImage(new PixelImageSource($"{name} from {left}, {top}", new RgbImage(width, height, pixels)));

        int Side(int whole) => Math.Max(1, (int)Math.Round(whole * (minCropFraction + (1 - minCropFraction) * random.NextDouble())));
    }

    public Stream OpenRead() => _part.OpenRead();
}
