using MedR1.Imaging;
using MedR1.Modeling;

namespace MedR1.Models.Qwen2VL;

/// <summary>Converts images to patches, bit for bit like the reference's PIL image processor. Thread-safe.</summary>
public sealed class ImageProcessor
{
    private readonly ImageProcessorOptions _options;
    private readonly float[][] _levels;
    private readonly PreparedImages? _prepared;

    /// <summary>Creates a processor.</summary>
    /// <param name="configuration">The model's sizes and limits.</param>
    /// <param name="options">How images are read; null for the defaults.</param>
    /// <exception cref="ModelConfigurationException">A setting is out of range.</exception>
    public ImageProcessor(ImageProcessorConfiguration configuration, ImageProcessorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        _options = options ?? new ImageProcessorOptions();
        Configuration = configuration with
        {
            MinPixels = _options.MinPixels ?? configuration.MinPixels,
            MaxPixels = _options.MaxPixels ?? configuration.MaxPixels,
        };
        ArgumentOutOfRangeException.ThrowIfLessThan(Configuration.MinPixels, 1, "options.MinPixels");
        ArgumentOutOfRangeException.ThrowIfLessThan(Configuration.MaxPixels, 1, "options.MaxPixels");
        ArgumentOutOfRangeException.ThrowIfNegative(_options.CacheBytes, "options.CacheBytes");
        ImageProcessorRules.Check(Configuration, nameof(configuration));
        _prepared = _options.CacheBytes == 0 ? null : new PreparedImages(_options.CacheBytes);
        _levels = [.. Enumerable.Range(0, ImageProcessorRules.Channels).Select(channel => Levels(Configuration, channel))];
    }

    /// <summary>The sizes and limits in effect, including those of the options.</summary>
    public ImageProcessorConfiguration Configuration { get; }

    /// <summary>Whether the options override limits of the model's file.</summary>
    internal bool HasOwnLimits => _options.MinPixels is not null || _options.MaxPixels is not null;

    /// <summary>Opens and prepares an image.</summary>
    /// <param name="source">The image.</param>
    /// <exception cref="ImageFormatException">The bytes are not an image.</exception>
    /// <exception cref="ImageTooLargeException">The image is larger than the options allow.</exception>
    /// <exception cref="AspectRatioException">One side is more than 200 times the other.</exception>
    public EncodedImage Process(IImageSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return _prepared?.Get(source, Prepare) ?? Prepare(source);
    }

    /// <summary>Prepares a decoded image.</summary>
    /// <param name="image">The image.</param>
    /// <exception cref="ImageTooLargeException">The values of the resized image don't fit an array.</exception>
    /// <exception cref="AspectRatioException">One side is more than 200 times the other.</exception>
    public EncodedImage Process(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        RgbImage resized = Resize(image);
        var grid = new ImageGrid(1, resized.Height / Configuration.PatchSize, resized.Width / Configuration.PatchSize);
        return new EncodedImage(grid, Patches(resized, grid));
    }

    /// <summary>Resizes an image to a size that the model accepts.</summary>
    /// <param name="image">The image.</param>
    /// <exception cref="ImageTooLargeException">The values of the resized image don't fit an array.</exception>
    /// <exception cref="AspectRatioException">One side is more than 200 times the other.</exception>
    public RgbImage Resize(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        int factor = Configuration.Factor;
        if (!Configuration.Resizes)
        {
            RequireFit(image.Width, image.Height);
            return image.Height % factor == 0 && image.Width % factor == 0
                ? image
                : throw new ArgumentException(
                    $"The image is {image.Width} x {image.Height} pixels, but this processor doesn't resize, so " +
                    $"both sides must be multiples of {factor}. Resize the image, or let the processor do it.",
                    nameof(image));
        }

        ImageSize size = SmartResize.Compute(
            image.Height, image.Width, factor, Configuration.MinPixels, Configuration.MaxPixels);
        RequireFit(size.Width, size.Height);
        return PillowResampler.Resize(image, size.Width, size.Height, Configuration.Filter, _options.PassOrder);
    }

    private void RequireFit(int width, int height)
    {
        int most = ImageProcessorRules.MostPixels(Configuration);
        if ((long)width * height > most)
        {
            throw new ImageTooLargeException(
                $"The image would be prepared with {width} x {height} pixels, but the values of at most {most} fit an array; lower the limit "
                + "of pixels (MaxPixels).");
        }
    }

    private EncodedImage Prepare(IImageSource source) => Process(_options.Decoder.Load(source, _options.Decoding));

    // The reference multiplies in double, rounds to float32, and subtracts and divides in float32.
    private static float[] Levels(ImageProcessorConfiguration configuration, int channel)
    {
        float mean = (float)configuration.Mean[channel];
        float deviation = (float)configuration.StandardDeviation[channel];
        var levels = new float[256];
        for (int level = 0; level < levels.Length; level++)
        {
            float scaled = (float)(level * configuration.RescaleFactor);
            levels[level] = (scaled - mean) / deviation;
        }

        return levels;
    }

    // Rows are ordered square by square; values in a row by channel, frame, y and x. All frames of an image are equal.
    private float[] Patches(RgbImage image, ImageGrid grid)
    {
        int side = Configuration.PatchSize;
        int area = side * side;
        int frames = Configuration.TemporalPatchSize;
        int merge = Configuration.MergeSize;
        int vector = 3 * frames * area;
        var patches = new float[grid.PatchCount * vector];
        ReadOnlySpan<byte> pixels = image.Pixels.Span;
        int patch = 0;
        for (int square = 0; square < grid.PatchCount / (merge * merge); square++)
        {
            int top = square / (grid.Columns / merge) * merge;
            int left = square % (grid.Columns / merge) * merge;
            for (int inner = 0; inner < merge * merge; inner++, patch++)
            {
                int y = (top + inner / merge) * side;
                int x = (left + inner % merge) * side;
                Span<float> target = patches.AsSpan(patch * vector, vector);
                for (int channel = 0; channel < 3; channel++)
                {
                    Span<float> first = target.Slice(channel * frames * area, area);
                    Fill(first, pixels, image.Width, y, x, channel);
                    for (int frame = 1; frame < frames; frame++)
                    {
                        first.CopyTo(target.Slice((channel * frames + frame) * area, area));
                    }
                }
            }
        }

        return patches;
    }

    private void Fill(Span<float> target, ReadOnlySpan<byte> pixels, int width, int top, int left, int channel)
    {
        int side = Configuration.PatchSize;
        float[] levels = _levels[channel];
        for (int row = 0; row < side; row++)
        {
            ReadOnlySpan<byte> source = pixels.Slice(((top + row) * width + left) * 3, side * 3);
            Span<float> line = target.Slice(row * side, side);
            for (int column = 0; column < side; column++)
            {
                line[column] = levels[source[column * 3 + channel]];
            }
        }
    }
}
