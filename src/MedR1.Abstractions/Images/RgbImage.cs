namespace MedR1;

/// <summary>A decoded image: 8-bit red, green and blue, interleaved, rows from top to bottom, no padding.</summary>
public sealed class RgbImage
{
    /// <summary>Wraps existing pixels.</summary>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="pixels"><c>[height, width, 3]</c> bytes; they are not copied and must not change.</param>
    /// <exception cref="ArgumentException">The number of bytes is not width × height × 3.</exception>
    public RgbImage(int width, int height, ReadOnlyMemory<byte> pixels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (pixels.Length != (long)width * height * 3)
        {
            throw new ArgumentException(
                $"An image of {width} x {height} has {(long)width * height * 3} bytes, but {pixels.Length} were given.",
                nameof(pixels));
        }

        Width = width;
        Height = height;
        Pixels = pixels;
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>The bytes, <c>[Height, Width, 3]</c>.</summary>
    public ReadOnlyMemory<byte> Pixels { get; }
}
