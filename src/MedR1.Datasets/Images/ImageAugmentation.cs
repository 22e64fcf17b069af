namespace MedR1.Datasets;

/// <summary>One slight random change of an image.</summary>
/// <param name="CropFraction">The fraction of each side that is shown.</param>
/// <param name="Left">How far the shown part is moved, from −1 (to the left edge) to 1 (to the right edge).</param>
/// <param name="Top">The same from the upper to the lower edge.</param>
/// <param name="Radians">The angle of rotation.</param>
/// <param name="Brightness">The value added to each channel, as a fraction of white.</param>
/// <param name="Contrast">The factor by which each value's distance from mid-gray is multiplied.</param>
internal readonly record struct ImageAugmentation(
    double CropFraction, double Left, double Top, double Radians, double Brightness, double Contrast)
{
    private const double White = 255;
    private const double MidGray = White / 2;

    public static ImageAugmentation Draw(DeterministicRandom random, ImageAugmentationOptions options)
    {
        double crop = options.MinCropFraction + (1 - options.MinCropFraction) * (Signed() + 1) / 2;
        return new ImageAugmentation(
            crop, Signed(), Signed(), Signed() * options.MaxDegrees * Math.PI / 180,
            Signed() * options.MaxBrightness, 1 + Signed() * options.MaxContrast);

        // Uniform in [−1, 1).
        double Signed() => (random.NextBits() >> 11) * (2.0 / (1L << 53)) - 1;
    }

    /// <summary>An image of the same size, interpolated between pixels; beyond the edges, the edge pixels are repeated.</summary>
    public RgbImage Apply(RgbImage image)
    {
        int width = image.Width, height = image.Height;
        ReadOnlySpan<byte> from = image.Pixels.Span;
        Span<byte> tones = stackalloc byte[256];
        FillTones(tones);
        byte[] to = new byte[from.Length];
        double along = Math.Cos(Radians) * CropFraction, across = Math.Sin(Radians) * CropFraction;
        double middleColumn = (width - 1) / 2.0, middleRow = (height - 1) / 2.0;
        double column = middleColumn + Left * (1 - CropFraction) * width / 2, row = middleRow + Top * (1 - CropFraction) * height / 2;
        int at = 0;
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++, at += 3)
            {
                double right = x - middleColumn, down = y - middleRow;
                double sourceX = Math.Clamp(column + along * right - across * down, 0, width - 1);
                double sourceY = Math.Clamp(row + across * right + along * down, 0, height - 1);
                int x0 = (int)sourceX, y0 = (int)sourceY;
                float partX = (float)(sourceX - x0), partY = (float)(sourceY - y0);
                int upper = (y0 * width + x0) * 3;
                int lower = y0 + 1 < height ? upper + width * 3 : upper;
                int next = x0 + 1 < width ? 3 : 0;
                for (int channel = 0; channel < 3; channel++)
                {
                    float above = Mix(from[upper + channel], from[upper + next + channel], partX);
                    float below = Mix(from[lower + channel], from[lower + next + channel], partX);
                    to[at + channel] = tones[(int)(Mix(above, below, partY) + 0.5f)];
                }
            }
        }

        return new RgbImage(width, height, to);
    }

    private static float Mix(float first, float second, float part) => first + (second - first) * part;

    private void FillTones(Span<byte> tones)
    {
        for (int value = 0; value < tones.Length; value++)
        {
            double changed = (value - MidGray) * Contrast + MidGray + White * Brightness;
            tones[value] = (byte)Math.Round(Math.Clamp(changed, 0, White));
        }
    }
}
