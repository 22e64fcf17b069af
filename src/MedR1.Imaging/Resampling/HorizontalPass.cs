using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MedR1.Imaging;

/// <summary>Resamples along rows: an output pixel is a weighted sum of neighbouring input pixels of its row.</summary>
internal static class HorizontalPass
{
    private const int Channels = 3;
    private const int GroupBytes = ResampleWeights.Group * Channels;

    // A shuffle gives zero for an index past the end of a vector; each 32-bit lane takes one byte and three zeros.
    private const byte None = 255;

    /// <summary>Fills the output.</summary>
    /// <param name="input">Rows of RGB pixels.</param>
    /// <param name="width">Columns of the input.</param>
    /// <param name="output">As many rows as the input, with as many columns as there are windows.</param>
    /// <param name="weights">The windows and their weights.</param>
    /// <param name="kernel">The implementation to use.</param>
    public static void Run(
        ReadOnlySpan<byte> input, int width, Span<byte> output, ResampleWeights weights, ResampleKernel kernel)
    {
        int inputRowBytes = width * Channels;
        int outputRowBytes = weights.Starts.Length * Channels;
        for (int row = 0; row < output.Length / outputRowBytes; row++)
        {
            // The slice extends to the end of the image, since vector code reads past the row, but gives those bytes the weight
            // zero.
            ReadOnlySpan<byte> source = input[(row * inputRowBytes)..];
            Span<byte> target = output.Slice(row * outputRowBytes, outputRowBytes);
            int done = kernel == ResampleKernel.Scalar ? 0 : Vectors(source, target, weights);
            Scalars(source, target, weights, done);
        }
    }

    private static void Scalars(ReadOnlySpan<byte> source, Span<byte> target, ResampleWeights weights, int from)
    {
        for (int column = from; column < weights.Starts.Length; column++)
        {
            ReadOnlySpan<byte> pixels = source[(weights.Starts[column] * Channels)..];
            ReadOnlySpan<int> window = weights.Of(column);
            int red = ResampleWeights.Half;
            int green = ResampleWeights.Half;
            int blue = ResampleWeights.Half;
            for (int tap = 0; tap < window.Length; tap++)
            {
                red += pixels[tap * Channels] * window[tap];
                green += pixels[tap * Channels + 1] * window[tap];
                blue += pixels[tap * Channels + 2] * window[tap];
            }

            target[column * Channels] = Clip(red);
            target[column * Channels + 1] = Clip(green);
            target[column * Channels + 2] = Clip(blue);
        }
    }

    // Of the five pixels in sixteen bytes, four are used, each spread over the four lanes of a sum: red, green, blue, zero. (Two
    // pixels at a time in 256 bits were no faster, since an output pixel takes only a few of these steps.)
    // Returns the number of columns done; stops before the last column, and where sixteen bytes would extend past the image's end.
    private static int Vectors(ReadOnlySpan<byte> source, Span<byte> target, ResampleWeights weights)
    {
        ref byte first = ref MemoryMarshal.GetReference(source);
        int column = 0;
        for (; column < weights.Starts.Length - 1; column++)
        {
            nuint position = (nuint)(weights.Starts[column] * Channels);
            int groups = GroupsWithinSource(weights, column, source.Length);
            if (groups == 0)
            {
                break;
            }

            ref int weight = ref weights.Weights[column * weights.Stride];
            Vector128<int> sum = Vector128<int>.Zero;
            for (int group = 0; group < groups; group++)
            {
                Vector128<byte> bytes = Vector128.LoadUnsafe(ref first, position);
                Vector128<int> four = Vector128.LoadUnsafe(ref weight, (nuint)(group * ResampleWeights.Group));
                sum += Spread(bytes, 0) * Vector128.Shuffle(four, Vector128.Create(0));
                sum += Spread(bytes, 3) * Vector128.Shuffle(four, Vector128.Create(1));
                sum += Spread(bytes, 6) * Vector128.Shuffle(four, Vector128.Create(2));
                sum += Spread(bytes, 9) * Vector128.Shuffle(four, Vector128.Create(3));
                position += GroupBytes;
            }

            Store(sum, target, column);
        }

        return column;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Spread(Vector128<byte> bytes, [ConstantExpected] byte from) => Vector128.Shuffle(
        bytes,
        Vector128.Create(
            from, None, None, None,
            (byte)(from + 1), None, None, None,
            (byte)(from + 2), None, None, None,
            None, None, None, None))
        .AsInt32();

    // The number of groups in a window, or 0 if the last group's sixteen bytes would extend past the end of the source.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int GroupsWithinSource(ResampleWeights weights, int column, int sourceBytes)
    {
        int groups = (weights.Counts[column] + ResampleWeights.Group - 1) / ResampleWeights.Group;
        long end = weights.Starts[column] * Channels + (long)(groups - 1) * GroupBytes + Vector128<byte>.Count;
        return end <= sourceBytes ? groups : 0;
    }

    // Writes four bytes, of which the next pixel overwrites the last.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector128<int> sum, Span<byte> target, int column)
    {
        Vector128<int> rounded = (sum + Vector128.Create(ResampleWeights.Half)) >> ResampleWeights.FractionBits;
        Vector128<int> clipped = Vector128.Clamp(rounded, Vector128<int>.Zero, Vector128.Create(255));
        Vector128<byte> packed = Vector128.Shuffle(
            clipped.AsByte(),
            Vector128.Create(0, 4, 8, 12, None, None, None, None, None, None, None, None, None, None, None, None));
        MemoryMarshal.Write(target[(column * Channels)..], packed.AsUInt32().ToScalar());
    }

    private static byte Clip(int sum) => (byte)Math.Clamp(sum >> ResampleWeights.FractionBits, 0, byte.MaxValue);
}
