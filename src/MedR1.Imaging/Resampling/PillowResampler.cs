namespace MedR1.Imaging;

/// <summary>
/// Resamples images to the same bytes as Pillow's <c>Image.resize</c>: two passes, weights with 22 fraction bits, and an 8-bit
/// image in between.
/// </summary>
public static class PillowResampler
{
    /// <summary>Resamples an image. If it already has the right size, the image itself is returned.</summary>
    /// <param name="image">The image.</param>
    /// <param name="width">Columns of the result.</param>
    /// <param name="height">Rows of the result.</param>
    /// <param name="filter">The filter.</param>
    /// <param name="order">Which axis is resampled first.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is below 1, or the filter or order is unknown.</exception>
    /// <exception cref="ImageTooLargeException">The result, or the image between the passes, does not fit in an array.</exception>
    public static RgbImage Resize(
        RgbImage image,
        int width,
        int height,
        ResampleFilter filter = ResampleFilter.Bicubic,
        ResizePassOrder order = ResizePassOrder.HorizontalFirst) =>
        Resize(image, width, height, filter, order, ResampleKernels.Best);

    internal static RgbImage Resize(
        RgbImage image, int width, int height, ResampleFilter filter, ResizePassOrder order, ResampleKernel kernel)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        bool isVerticalFirst = IsVerticalFirst(image, width, height, order);
        return isVerticalFirst
            ? ResizeWidth(ResizeHeight(image, height, filter, kernel), width, filter, kernel)
            : ResizeHeight(ResizeWidth(image, width, filter, kernel), height, filter, kernel);
    }

    private static bool IsVerticalFirst(RgbImage image, int width, int height, ResizePassOrder order) => order switch
    {
        ResizePassOrder.HorizontalFirst => false,
        ResizePassOrder.Pillow13 =>
            image.Height > height && (long)image.Height - height > 2 * ((long)image.Width - width),
        _ => throw new ArgumentOutOfRangeException(nameof(order), order, "Use HorizontalFirst or Pillow13."),
    };

    private static RgbImage ResizeWidth(RgbImage image, int width, ResampleFilter filter, ResampleKernel kernel)
    {
        if (width == image.Width)
        {
            return image;
        }

        byte[] pixels = Allocate(width, image.Height);
        ResampleWeights weights = ResampleWeights.Compute(image.Width, width, filter);
        HorizontalPass.Run(image.Pixels.Span, image.Width, pixels, weights, kernel);
        return new RgbImage(width, image.Height, pixels);
    }

    private static RgbImage ResizeHeight(RgbImage image, int height, ResampleFilter filter, ResampleKernel kernel)
    {
        if (height == image.Height)
        {
            return image;
        }

        byte[] pixels = Allocate(image.Width, height);
        ResampleWeights weights = ResampleWeights.Compute(image.Height, height, filter);
        VerticalPass.Run(image.Pixels.Span, image.Width * 3, pixels, weights, kernel);
        return new RgbImage(image.Width, height, pixels);
    }

    private static byte[] Allocate(int width, int height)
    {
        long bytes = (long)width * height * 3;
        return bytes <= Array.MaxLength
            ? GC.AllocateUninitializedArray<byte>((int)bytes)
            : throw new ImageTooLargeException(
                $"Resampling needs an image of {width} x {height} = {bytes} bytes, "
                + $"but an array holds at most {Array.MaxLength}. Use a smaller size, or crop the image.");
    }
}
