using System.Diagnostics;
using MedR1.Modeling;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Benchmarks.RealShape;

/// <summary>The limits of the machine, measured in the same run as the work that is compared with them.</summary>
internal static class MachineLimits
{
    private const int PieceBytes = 16 << 20;

    private delegate Span<byte> NextBuffer();

    /// <summary>Reading the weight files from start to end into one buffer.</summary>
    public static double FileReadBytesPerSecond(string folder)
    {
        byte[] buffer = new byte[PieceBytes];
        return ReadBytesPerSecond(folder, () => buffer);
    }

    /// <summary>Reading them into new memory of their size, which the system has to provide first.</summary>
    public static double FileKeepBytesPerSecond(string folder)
    {
        using DisposeScope kept = NewDisposeScope();
        return ReadBytesPerSecond(folder, () => empty(PieceBytes, uint8).bytes);
    }

    /// <summary>Summing 1 GiB of float32 by libtorch, whose threads read from start to end; the best of five.</summary>
    public static double MemoryReadBytesPerSecond()
    {
        using Tensor values = ones(1L << 28);
        return values.numel() * 4 / Best(5, () => values.sum().Dispose());
    }

    /// <summary>Reading 1 GiB at several places of it at once, the best of five: the most that the memory gives.</summary>
    public static double MostMemoryReadBytesPerSecond()
    {
        using Tensor values = ones(1L << 28);
        return MemoryReader.BytesPerSecond([values]);
    }

    /// <summary>
    /// Reading the weights of a decode step so: the memory of a process isn't uniformly fast on a virtual machine.
    /// </summary>
    public static double MostWeightReadBytesPerSecond(IVisionLanguagePolicy policy) =>
        MemoryReader.BytesPerSecond([.. DecoderWeights(policy)]);

    /// <summary>
    /// Multiplying two matrices of 2048 x 2048, the best of five: in bf16, or in float32 if the processor doesn't multiply bf16.
    /// </summary>
    public static double MultiplyFlopsPerSecond()
    {
        using Tensor left = ones(2048, 2048, dtype: ProductAttention.HasFastBFloat16 ? ScalarType.BFloat16 : ScalarType.Float32);
        return 2.0 * 2048 * 2048 * 2048 / Best(5, () => left.matmul(left).Dispose());
    }

    /// <summary>
    /// The weights that a decode step reads: not the tower, nor an embedding separate from the head, of which it reads a few rows.
    /// </summary>
    public static IEnumerable<Parameter> DecoderWeights(IVisionLanguagePolicy policy) => policy.Parameters
        .Where(parameter => !parameter.Key.StartsWith("visual.", StringComparison.Ordinal))
        .Where(parameter => parameter.Key != "model.embed_tokens.weight"
            || policy.Parameters.All(other => other.Key != "lm_head.weight"))
        .Select(parameter => parameter.Value);

    /// <summary>The bytes of these weights.</summary>
    public static long DecoderBytes(IVisionLanguagePolicy policy) =>
        DecoderWeights(policy).Sum(weight => weight.numel() * weight.ElementSize);

    /// <summary>The peak memory of this process.</summary>
    public static long PeakMemoryBytes() => StatusBytes("VmHWM:");

    /// <summary>Resets the peak, and returns the current memory of the process.</summary>
    public static long RestartPeakMemory()
    {
        File.WriteAllText("/proc/self/clear_refs", "5");
        return StatusBytes("VmRSS:");
    }

    /// <summary>The shortest time of several, in seconds.</summary>
    public static double Best(int times, Action work) => Enumerable.Range(0, times).Min(_ =>
    {
        Stopwatch clock = Stopwatch.StartNew();
        work();
        return clock.Elapsed.TotalSeconds;
    });

    private static double ReadBytesPerSecond(string folder, NextBuffer next)
    {
        long total = 0;
        Stopwatch clock = Stopwatch.StartNew();
        foreach (string file in Directory.GetFiles(folder, "*.safetensors"))
        {
            using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.Read, 0);
            for (int read = -1; read != 0; total += read)
            {
                read = stream.ReadAtLeast(next(), PieceBytes, throwOnEndOfStream: false);
            }
        }

        return total / clock.Elapsed.TotalSeconds;
    }

    private static long StatusBytes(string field)
    {
        string line = File.ReadLines("/proc/self/status").First(one => one.StartsWith(field, StringComparison.Ordinal));
        return long.Parse(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1]) * 1024;
    }
}
