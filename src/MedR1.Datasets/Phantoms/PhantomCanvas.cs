namespace MedR1.Datasets;

/// <summary>
/// A square image under construction. Positions and lengths are in thousandths of its side, so that a phantom looks the same at
/// every size.
/// </summary>
internal sealed class PhantomCanvas(int size)
{
    public const int Side = 1000;
    private const int NoiseAmplitude = 10;
    private readonly byte[] _pixels = new byte[size * size * 3];

    /// <summary>Colors every pixel whose centre lies inside.</summary>
    public void Paint(PhantomColor color, Func<int, int, bool> isInside)
    {
        byte red = ToByte(color.Red);
        byte green = ToByte(color.Green);
        byte blue = ToByte(color.Blue);
        for (int y = 0, i = 0; y < size; y++)
        {
            int v = (2 * y + 1) * Side / (2 * size);
            for (int x = 0; x < size; x++, i += 3)
            {
                if (isInside((2 * x + 1) * Side / (2 * size), v))
                {
                    _pixels[i] = red;
                    _pixels[i + 1] = green;
                    _pixels[i + 2] = blue;
                }
            }
        }
    }

    public void Fill(PhantomColor color) => Paint(color, (_, _) => true);

    public void Disc(PhantomColor color, int x, int y, int radius) => Ellipse(color, x, y, radius, radius);

    public void Ellipse(PhantomColor color, int x, int y, int radiusX, int radiusY) =>
        Paint(color, (u, v) => IsInEllipse(u - x, v - y, radiusX, radiusY));

    /// <summary>Adds grain to the whole image, the same for all three colors of a pixel.</summary>
    public void AddNoise(DeterministicRandom random)
    {
        for (int i = 0; i < _pixels.Length; i += 3)
        {
            int noise = random.Between(-NoiseAmplitude, NoiseAmplitude);
            for (int channel = 0; channel < 3; channel++)
            {
                _pixels[i + channel] = ToByte(_pixels[i + channel] + noise);
            }
        }
    }

    public RgbImage ToImage() => new(size, size, _pixels);

    private static bool IsInEllipse(long x, long y, long radiusX, long radiusY) =>
        x * x * radiusY * radiusY + y * y * radiusX * radiusX <= radiusX * radiusX * radiusY * radiusY;

    private static byte ToByte(int value) => (byte)Math.Clamp(value, 0, 255);
}
