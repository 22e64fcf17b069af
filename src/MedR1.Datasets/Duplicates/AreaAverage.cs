namespace MedR1.Datasets;

/// <summary>Shrinks an image to a square of gray values, each the mean of the part of the image that it covers.</summary>
internal static class AreaAverage
{
    public static double[] Of(RgbImage image, int side)
    {
        double[] sums = new double[side * side];
        double[] weights = new double[side * side];
        ReadOnlySpan<byte> pixels = image.Pixels.Span;
        for (int y = 0; y < Math.Max(image.Height, side); y++)
        {
            int row = (int)((long)y * side / Math.Max(image.Height, side));
            int sourceRow = (int)((long)y * image.Height / Math.Max(image.Height, side));
            for (int x = 0; x < Math.Max(image.Width, side); x++)
            {
                int column = (int)((long)x * side / Math.Max(image.Width, side));
                int source = (sourceRow * image.Width + (int)((long)x * image.Width / Math.Max(image.Width, side))) * 3;

                // The luma weights of ITU-R BT.601, in thousandths: integer arithmetic gives the same result on every machine.
                sums[row * side + column] +=
                    (299 * pixels[source] + 587 * pixels[source + 1] + 114 * pixels[source + 2]) / 1000.0;
                weights[row * side + column]++;
            }
        }

        for (int i = 0; i < sums.Length; i++)
        {
            sums[i] /= weights[i];
        }

        return sums;
    }
}
