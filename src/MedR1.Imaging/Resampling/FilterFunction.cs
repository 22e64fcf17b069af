namespace MedR1.Imaging;

/// <summary>The filter functions, with the same order of operations as in Pillow's Resample.c.</summary>
internal static class FilterFunction
{
    private const double Sharpness = -0.5;

    /// <summary>The filter's support to each side, in input pixels when enlarging.</summary>
    public static double Support(ResampleFilter filter) => filter switch
    {
        ResampleFilter.Bicubic => 2,
        ResampleFilter.Bilinear => 1,
        ResampleFilter.Lanczos => 3,
        _ => throw new ArgumentOutOfRangeException(
            nameof(filter), filter, "Use Bicubic, Bilinear or Lanczos."),
    };

    /// <summary>The filter's value at a distance from its centre.</summary>
    public static double Value(ResampleFilter filter, double x) => filter switch
    {
        ResampleFilter.Bicubic => Bicubic(Math.Abs(x)),
        ResampleFilter.Bilinear => Math.Abs(x) < 1 ? 1 - Math.Abs(x) : 0,
        _ => x is >= -3 and < 3 ? Sinc(x) * Sinc(x / 3) : 0,
    };

    private static double Bicubic(double x) => x switch
    {
        < 1 => ((Sharpness + 2) * x - (Sharpness + 3)) * x * x + 1,
        < 2 => (((x - 5) * x + 8) * x - 4) * Sharpness,
        _ => 0,
    };

    private static double Sinc(double x)
    {
        if (x == 0)
        {
            return 1;
        }

        x *= Math.PI;
        return Math.Sin(x) / x;
    }
}
