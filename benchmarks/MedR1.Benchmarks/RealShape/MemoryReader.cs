using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Benchmarks.RealShape;

/// <summary>
/// Reads tensors on all processors, each its share of every tensor, at four places at once: several streams get up to a third more
/// from the memory than one.
/// </summary>
internal static unsafe class MemoryReader
{
    private const int Places = 4;
    private const int Times = 5;

    /// <summary>The speed at which the tensors are read, the best of five.</summary>
    public static double BytesPerSecond(IReadOnlyList<Tensor> tensors)
    {
        int processors = Environment.ProcessorCount;
        Share[][] shares = [.. Enumerable.Range(0, processors).Select(processor =>
            tensors.Select(tensor => new Share(tensor, processor, processors)).ToArray())];
        double seconds = MachineLimits.Best(Times, () => Parallel.For(0, processors, processor => Read(shares[processor])));
        GC.KeepAlive(tensors);
        return tensors.Sum(tensor => tensor.numel() * tensor.ElementSize) / seconds;
    }

    // Optimized from the first call on.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static long Read(Share[] shares)
    {
        Vector512<long> first = default, second = default, third = default, fourth = default;
        foreach (Share share in shares)
        {
            Vector512<long>* start = share.Start;
            long length = share.Length;
            for (long at = 0; at < length; at++)
            {
                first ^= start[at];
                second ^= start[at + length];
                third ^= start[at + (2 * length)];
                fourth ^= start[at + (3 * length)];
            }
        }

        return Vector512.Sum(first ^ second ^ third ^ fourth);
    }

    // Of a tensor what one processor reads, four times `Length` vectors.
    private readonly struct Share
    {
        public readonly Vector512<long>* Start;
        public readonly long Length;

        public Share(Tensor tensor, int processor, int processors)
        {
            Length = tensor.numel() * tensor.ElementSize / sizeof(Vector512<long>) / processors / Places;
            fixed (byte* bytes = tensor.bytes)
            {
                Start = (Vector512<long>*)bytes + (processor * Places * Length);
            }
        }
    }
}
