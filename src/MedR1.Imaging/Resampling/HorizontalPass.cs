using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MedR1.Imaging;

/// <summary>Resamples along rows: an output pixel is a weighted sum of neighbouring input pixels of its row.</summary>
internal static class HorizontalPass
{
    private const int Channels = 3;
    private const int GroupBytes = ResampleWeights.Group * Channels;

    /// <summary>Fills the output.</summary>
    /// <param name="input">Rows of RGB pixels.</param>
    /// <param name="width">Columns before.</param>
    /// <param name="output">As many rows, with as many columns as there are windows.</param>
    /// <param name="weights">The windows and their weights.</param>
    /// <param name="kernel">The code to use.</param>
    public static void Run(
        ReadOnlySpan<byte> input, int width, Span<byte> output, ResampleWeights weights, ResampleKernel kernel)
    {
        int inputRowBytes = width * Channels;
        int outputRowBytes = weights.Starts.Length * Channels;
        for (int row = 0; row < output.Length / outputRowBytes; row++)
        {
            // The vector code may read, but does not use, bytes behind the row: the slice goes on to the picture's end.
            ReadOnlySpan<byte> source = input[(row * inputRowBytes)..];
            Span<byte> target = output.Slice(row * outputRowBytes, outputRowBytes);
            for (int column = 0; column < weights.Starts.Length; column++)
            {
                ReadOnlySpan<byte> pixels = source[(weights.Starts[column] * Channels)..];
                Span<byte> pixel = target.Slice(column * Channels, Channels);
                int groups = (weights.Counts[column] + ResampleWeights.Group - 1) / ResampleWeights.Group;
                bool hasRoom = (groups - 1) * GroupBytes + Vector128<byte>.Count <= pixels.Length;
                ReadOnlySpan<int> window = weights.Weights.AsSpan(column * weights.Stride, groups * ResampleWeights.Group);
                switch (hasRoom ? kernel : ResampleKernel.Scalar)
                {
                    case ResampleKernel.Vector256:
                        Vectors256(pixels, window, pixel);
                        break;
                    case ResampleKernel.Vector128:
                        Vectors128(pixels, window, pixel);
                        break;
                    default:
                        Scalars(pixels, weights.Of(column), pixel);
                        break;
                }
            }
        }
    }

    private static void Scalars(ReadOnlySpan<byte> pixels, ReadOnlySpan<int> window, Span<byte> pixel)
    {
        int red = ResampleWeights.Half;
        int green = ResampleWeights.Half;
        int blue = ResampleWeights.Half;
        for (int tap = 0; tap < window.Length; tap++)
        {
            red += pixels[tap * Channels] * window[tap];
            green += pixels[tap * Channels + 1] * window[tap];
            blue += pixels[tap * Channels + 2] * window[tap];
        }

        pixel[0] = Clip(red);
        pixel[1] = Clip(green);
        pixel[2] = Clip(blue);
    }

    // Sixteen bytes hold five pixels, of which four are used. A shuffle spreads each to four 32-bit lanes: red, green, blue, zero.
    private static void Vectors256(ReadOnlySpan<byte> pixels, ReadOnlySpan<int> window, Span<byte> pixel)
    {
        Vector256<byte> spreadFirst = Vector256.Create(
            0, 255, 255, 255, 1, 255, 255, 255, 2, 255, 255, 255, 255, 255, 255, 255,
            19, 255, 255, 255, 20, 255, 255, 255, 21, 255, 255, 255, 255, 255, 255, 255);
        Vector256<byte> spreadSecond = Vector256.Create(
            6, 255, 255, 255, 7, 255, 255, 255, 8, 255, 255, 255, 255, 255, 255, 255,
            25, 255, 255, 255, 26, 255, 255, 255, 27, 255, 255, 255, 255, 255, 255, 255);
        Vector256<int> sum = Vector256<int>.Zero;
        ref byte source = ref MemoryMarshal.GetReference(pixels);
        for (int tap = 0; tap < window.Length; tap += ResampleWeights.Group)
        {
            Vector256<byte> bytes = Vector256.Create(Vector128.LoadUnsafe(ref source, (nuint)(tap * Channels)));
            Vector256<int> weights01 = Vector256.Create(Vector128.Create(window[tap]), Vector128.Create(window[tap + 1]));
            Vector256<int> weights23 = Vector256.Create(Vector128.Create(window[tap + 2]), Vector128.Create(window[tap + 3]));
            sum += Vector256.Shuffle(bytes, spreadFirst).AsInt32() * weights01;
            sum += Vector256.Shuffle(bytes, spreadSecond).AsInt32() * weights23;
        }

        Store(sum.GetLower() + sum.GetUpper(), pixel);
    }

    private static void Vectors128(ReadOnlySpan<byte> pixels, ReadOnlySpan<int> window, Span<byte> pixel)
    {
        Vector128<int> sum = Vector128<int>.Zero;
        ref byte source = ref MemoryMarshal.GetReference(pixels);
        for (int tap = 0; tap < window.Length; tap += ResampleWeights.Group)
        {
            Vector128<byte> bytes = Vector128.LoadUnsafe(ref source, (nuint)(tap * Channels));
            sum += Vector128.Shuffle(bytes, Vector128.Create((byte)0, 255, 255, 255, 1, 255, 255, 255, 2, 255, 255, 255, 255, 255, 255, 255))
                .AsInt32() * window[tap];
            sum += Vector128.Shuffle(bytes, Vector128.Create((byte)3, 255, 255, 255, 4, 255, 255, 255, 5, 255, 255, 255, 255, 255, 255, 255))
                .AsInt32() * window[tap + 1];
            sum += Vector128.Shuffle(bytes, Vector128.Create((byte)6, 255, 255, 255, 7, 255, 255, 255, 8, 255, 255, 255, 255, 255, 255, 255))
                .AsInt32() * window[tap + 2];
            sum += Vector128.Shuffle(bytes, Vector128.Create((byte)9, 255, 255, 255, 10, 255, 255, 255, 11, 255, 255, 255, 255, 255, 255, 255))
                .AsInt32() * window[tap + 3];
        }

        Store(sum, pixel);
    }

    private static void Store(Vector128<int> sum, Span<byte> pixel)
    {
        Vector128<int> clipped = Vector128.Min(
            Vector128.Max((sum + Vector128.Create(ResampleWeights.Half)) >> ResampleWeights.FractionBits, Vector128<int>.Zero),
            Vector128.Create(255));
        pixel[0] = (byte)clipped.ToScalar();
        pixel[1] = (byte)clipped.GetElement(1);
        pixel[2] = (byte)clipped.GetElement(2);
    }

    private static byte Clip(int sum) => (byte)Math.Clamp(sum >> ResampleWeights.FractionBits, 0, byte.MaxValue);
}
