using System.Numerics;

namespace MedR1.Datasets;

/// <summary>
/// The appearance of an image as a 64-bit perceptual hash and a thumbnail. Images that differ only by compression, slight scaling
/// or slight brightness changes have nearly the same fingerprint.
/// </summary>
/// <remarks>
/// The hash follows Zauner 2010, chapter 3.2: the image is averaged to 32 × 32 gray values; each bit says whether one of the 64
/// lowest frequencies of their discrete cosine transform, with the mean set to 0, is above the median.
/// </remarks>
public sealed class ImageFingerprint
{
    private const int Side = 32;
    private const int Frequencies = 8;
    private const int ThumbnailSide = 16;
    private static readonly double[] s_cosines = Cosines();
    private readonly byte[] _thumbnail;

    private ImageFingerprint(ulong hash, byte[] thumbnail)
    {
        Hash = hash;
        _thumbnail = thumbnail;
    }

    /// <summary>The perceptual hash.</summary>
    public ulong Hash { get; }

    /// <summary>Computes the fingerprint of an image.</summary>
    /// <param name="image">The image.</param>
    public static ImageFingerprint Of(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        double[] grays = AreaAverage.Of(image, Side);
        return new ImageFingerprint(HashOf(grays), Thumbnail(grays));
    }

    /// <summary>The number of the 64 bits in which two hashes differ.</summary>
    /// <param name="other">The other image's fingerprint.</param>
    public int BitDistance(ImageFingerprint other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return BitOperations.PopCount(Hash ^ other.Hash);
    }

    /// <summary>The mean absolute difference of the two thumbnails of 16 × 16 gray values, 0 to 255.</summary>
    /// <param name="other">The other image's fingerprint.</param>
    public double GrayDistance(ImageFingerprint other)
    {
        ArgumentNullException.ThrowIfNull(other);
        int sum = 0;
        for (int i = 0; i < _thumbnail.Length; i++)
        {
            sum += Math.Abs(_thumbnail[i] - other._thumbnail[i]);
        }

        return (double)sum / _thumbnail.Length;
    }

    private static ulong HashOf(double[] grays)
    {
        Span<double> rows = stackalloc double[Side * Frequencies];
        for (int y = 0; y < Side; y++)
        {
            for (int u = 0; u < Frequencies; u++)
            {
                double sum = 0;
                for (int x = 0; x < Side; x++)
                {
                    sum += grays[y * Side + x] * s_cosines[u * Side + x];
                }

                rows[y * Frequencies + u] = sum;
            }
        }

        double[] lowest = new double[Frequencies * Frequencies];
        for (int v = 0; v < Frequencies; v++)
        {
            for (int u = 0; u < Frequencies; u++)
            {
                double sum = 0;
                for (int y = 0; y < Side; y++)
                {
                    sum += rows[y * Frequencies + u] * s_cosines[v * Side + y];
                }

                // Rounded, so that a sum that is exactly 0 in theory doesn't get a different sign on different machines.
                lowest[v * Frequencies + u] = Math.Round(sum, 6);
            }
        }

        lowest[0] = 0;
        double median = lowest.Order().ElementAt(lowest.Length / 2);
        ulong hash = 0;
        for (int i = 0; i < lowest.Length; i++)
        {
            hash |= lowest[i] > median ? 1UL << i : 0;
        }

        return hash;
    }

    private static byte[] Thumbnail(double[] grays)
    {
        byte[] thumbnail = new byte[ThumbnailSide * ThumbnailSide];
        for (int y = 0; y < ThumbnailSide; y++)
        {
            for (int x = 0; x < ThumbnailSide; x++)
            {
                int at = y * 2 * Side + x * 2;
                double sum = grays[at] + grays[at + 1] + grays[at + Side] + grays[at + Side + 1];
                thumbnail[y * ThumbnailSide + x] = (byte)Math.Clamp(Math.Round(sum / 4), 0, 255);
            }
        }

        return thumbnail;
    }

    private static double[] Cosines()
    {
        double[] cosines = new double[Frequencies * Side];
        for (int u = 0; u < Frequencies; u++)
        {
            for (int x = 0; x < Side; x++)
            {
                cosines[u * Side + x] = Math.Cos((2 * x + 1) * u * Math.PI / (2 * Side));
            }
        }

        return cosines;
    }
}
