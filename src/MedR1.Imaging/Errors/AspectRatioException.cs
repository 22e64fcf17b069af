namespace MedR1.Imaging;

/// <summary>An image is too long and thin for the model: one side is more than 200 times the other.</summary>
public sealed class AspectRatioException : ArgumentException
{
    /// <summary>Creates the exception from the sides.</summary>
    /// <param name="height">Rows of the image.</param>
    /// <param name="width">Columns of the image.</param>
    public AspectRatioException(long height, long width)
        : base(
            $"An image of {width} x {height} (width x height) has an aspect ratio of {Ratio(height, width).ToText("0.#")}, "
            + $"but at most {SmartResize.MaxAspectRatio} is supported. "
            + "Crop it, or split it into pieces, before passing it to the model.")
    {
        Height = height;
        Width = width;
    }

    /// <summary>Rows of the image.</summary>
    public long Height { get; }

    /// <summary>Columns of the image.</summary>
    public long Width { get; }

    private static double Ratio(long height, long width) => (double)Math.Max(height, width) / Math.Min(height, width);
}
