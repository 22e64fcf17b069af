using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MedR1.Imaging;

/// <summary>Resamples along columns: an output row is a weighted sum of input rows, byte by byte.</summary>
internal static class VerticalPass
{
    /// <summary>Fills the output.</summary>
    /// <param name="input">Rows of <paramref name="rowBytes"/> bytes.</param>
    /// <param name="rowBytes">Bytes per row, in input and output.</param>
    /// <param name="output">As many rows as there are windows.</param>
    /// <param name="weights">The windows and their weights.</param>
    /// <param name="kernel">The implementation to use.</param>
    public static void Run(
        ReadOnlySpan<byte> input, int rowBytes, Span<byte> output, ResampleWeights weights, ResampleKernel kernel)
    {
        for (int row = 0; row < weights.Starts.Length; row++)
        {
            ReadOnlySpan<int> window = weights.Of(row);
            ReadOnlySpan<byte> source = input.Slice(weights.Starts[row] * rowBytes, window.Length * rowBytes);
            Span<byte> target = output.Slice(row * rowBytes, rowBytes);
            int done = kernel switch
            {
                ResampleKernel.Vector256 => Vectors256(source, target, window),
                ResampleKernel.Vector128 => Vectors128(source, target, window),
                _ => 0,
            };
            Scalars(source, target, window, done);
        }
    }

    private static void Scalars(ReadOnlySpan<byte> source, Span<byte> target, ReadOnlySpan<int> window, int from)
    {
        for (int i = from; i < target.Length; i++)
        {
            int sum = ResampleWeights.Half;
            for (int tap = 0; tap < window.Length; tap++)
            {
                sum += source[tap * target.Length + i] * window[tap];
            }

            target[i] = (byte)Math.Clamp(sum >> ResampleWeights.FractionBits, 0, byte.MaxValue);
        }
    }

    // Both vector methods return the number of bytes done; a remainder shorter than a vector is left to the scalar code.
    private static int Vectors256(ReadOnlySpan<byte> source, Span<byte> target, ReadOnlySpan<int> window)
    {
        int i = 0;
        for (; i + Vector256<byte>.Count <= target.Length; i += Vector256<byte>.Count)
        {
            Vector256<int> sum0 = Vector256.Create(ResampleWeights.Half);
            Vector256<int> sum1 = sum0;
            Vector256<int> sum2 = sum0;
            Vector256<int> sum3 = sum0;
            ref byte column = ref Unsafe.Add(ref MemoryMarshal.GetReference(source), i);
            for (int tap = 0; tap < window.Length; tap++)
            {
                Vector256<int> weight = Vector256.Create(window[tap]);
                Vector256<byte> bytes = Vector256.LoadUnsafe(ref column, (nuint)(tap * target.Length));
                Vector256<ushort> lower = Vector256.WidenLower(bytes);
                Vector256<ushort> upper = Vector256.WidenUpper(bytes);
                sum0 += Vector256.WidenLower(lower).AsInt32() * weight;
                sum1 += Vector256.WidenUpper(lower).AsInt32() * weight;
                sum2 += Vector256.WidenLower(upper).AsInt32() * weight;
                sum3 += Vector256.WidenUpper(upper).AsInt32() * weight;
            }

            Vector256<ushort> first = Vector256.Narrow(Clip(sum0), Clip(sum1));
            Vector256<ushort> second = Vector256.Narrow(Clip(sum2), Clip(sum3));
            Vector256.Narrow(first, second).CopyTo(target[i..]);
        }

        return i;
    }

    private static int Vectors128(ReadOnlySpan<byte> source, Span<byte> target, ReadOnlySpan<int> window)
    {
        int i = 0;
        for (; i + Vector128<byte>.Count <= target.Length; i += Vector128<byte>.Count)
        {
            Vector128<int> sum0 = Vector128.Create(ResampleWeights.Half);
            Vector128<int> sum1 = sum0;
            Vector128<int> sum2 = sum0;
            Vector128<int> sum3 = sum0;
            ref byte column = ref Unsafe.Add(ref MemoryMarshal.GetReference(source), i);
            for (int tap = 0; tap < window.Length; tap++)
            {
                Vector128<int> weight = Vector128.Create(window[tap]);
                Vector128<byte> bytes = Vector128.LoadUnsafe(ref column, (nuint)(tap * target.Length));
                Vector128<ushort> lower = Vector128.WidenLower(bytes);
                Vector128<ushort> upper = Vector128.WidenUpper(bytes);
                sum0 += Vector128.WidenLower(lower).AsInt32() * weight;
                sum1 += Vector128.WidenUpper(lower).AsInt32() * weight;
                sum2 += Vector128.WidenLower(upper).AsInt32() * weight;
                sum3 += Vector128.WidenUpper(upper).AsInt32() * weight;
            }

            Vector128<ushort> first = Vector128.Narrow(Clip(sum0), Clip(sum1));
            Vector128<ushort> second = Vector128.Narrow(Clip(sum2), Clip(sum3));
            Vector128.Narrow(first, second).CopyTo(target[i..]);
        }

        return i;
    }

    private static Vector256<uint> Clip(Vector256<int> sum) => Vector256
        .Clamp(sum >> ResampleWeights.FractionBits, Vector256<int>.Zero, Vector256.Create(255))
        .AsUInt32();

    private static Vector128<uint> Clip(Vector128<int> sum) => Vector128
        .Clamp(sum >> ResampleWeights.FractionBits, Vector128<int>.Zero, Vector128.Create(255))
        .AsUInt32();
}
