namespace MedR1.Imaging;

/// <summary>A picture too long and thin for the model: one side is more than 200 times the other.</summary>
public sealed class AspectRatioException : ArgumentException
{
    /// <summary>Names the sides.</summary>
    /// <param name="height">Rows of the picture.</param>
    /// <param name="width">Columns of the picture.</param>
    public AspectRatioException(long height, long width)
        : base(
            $"A picture of {width} x {height} (width x height) has an aspect ratio of {Ratio(height, width):0.#}, "
            + $"but at most {SmartResize.LargestAspectRatio} is supported. "
            + "Crop it, or cut it into pieces, before it goes to the model.")
    {
        Height = height;
        Width = width;
    }

    /// <summary>Rows of the picture.</summary>
    public long Height { get; }

    /// <summary>Columns of the picture.</summary>
    public long Width { get; }

    private static double Ratio(long height, long width) => (double)Math.Max(height, width) / Math.Min(height, width);
}
