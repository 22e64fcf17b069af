using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Samples tokens by inverting the cumulative distribution function, with their log-probabilities, in two GPU kernels instead of
/// about twenty operators. Probabilities are float32, cumulative sums float64. Shapes: R rows, V vocabulary.
/// </summary>
public static unsafe class TokenSampling
{
    private const int Threads = 256;
    private const int TokensOfBlock = 2048;
    private const int MostBlocks = 1024;

    /// <summary>Samples a token for each row, if the device supports the kernels.</summary>
    /// <param name="logits"><c>[R, V]</c> float32: the logits to sample from.</param>
    /// <param name="plain">
    /// <c>[R, V]</c> float32: unmodified logits, from which log-probabilities are computed as well; can be the same tensor.
    /// </param>
    /// <param name="uniforms"><c>[R]</c> float64: uniform random numbers, above 0 and below 1.</param>
    /// <param name="tokens"><c>[R]</c> int64; −1 if no token can be sampled, because logits are NaN or all are −∞.</param>
    /// <param name="plainLogProbabilities"><c>[R]</c> float32, from the plain logits; not finite if the token is −1.</param>
    /// <param name="logProbabilities"><c>[R]</c> float32, from the logits sampled from.</param>
    /// <returns>Whether tokens were sampled; if not, use operators instead.</returns>
    public static bool TrySample(
        Tensor logits, Tensor plain, Tensor uniforms,
        [NotNullWhen(true)] out Tensor? tokens,
        [NotNullWhen(true)] out Tensor? plainLogProbabilities,
        [NotNullWhen(true)] out Tensor? logProbabilities)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(plain);
        ArgumentNullException.ThrowIfNull(uniforms);
        (tokens, plainLogProbabilities, logProbabilities) = (null, null, null);
        if (!IsReadable(logits) || !IsReadable(plain) || !plain.shape.SequenceEqual(logits.shape)
            || uniforms.device_type != DeviceType.CUDA || uniforms.dtype != ScalarType.Float64
            || uniforms.numel() != logits.shape[0] || !uniforms.is_contiguous()
            || CudaKernels.For(logits.device) is not { } kernels)
        {
            return false;
        }

        int rows = (int)logits.shape[0], vocabulary = (int)logits.shape[1];
        int blocks = (vocabulary + TokensOfBlock - 1) / TokensOfBlock;
        if (blocks > MostBlocks)
        {
            return false;
        }

        using Tensor largest = empty([2, rows, blocks], ScalarType.Float32, logits.device);
        using Tensor sums = empty_like(largest);
        tokens = empty(rows, ScalarType.Int64, logits.device);
        plainLogProbabilities = empty(rows, ScalarType.Float32, logits.device);
        logProbabilities = empty(rows, ScalarType.Float32, logits.device);
        Draw draw = new()
        {
            Drawn = TensorMemory.AddressOf(logits),
            Plain = TensorMemory.AddressOf(plain),
            Uniforms = TensorMemory.AddressOf(uniforms),
            Largest = TensorMemory.AddressOf(largest),
            Sums = TensorMemory.AddressOf(sums),
            Tokens = TensorMemory.AddressOf(tokens),
            PlainLog = TensorMemory.AddressOf(plainLogProbabilities),
            DrawnLog = TensorMemory.AddressOf(logProbabilities),
            Rows = rows,
            Vocabulary = vocabulary,
        };
        void** arguments = stackalloc void*[] { &draw };
        kernels.Launch("sum_tokens", ScalarType.Float32, (blocks, rows), Threads, arguments);
        kernels.Launch("draw_token", ScalarType.Float32, (rows, 1), Threads, arguments);
        return true;
    }

    private static bool IsReadable(Tensor logits) =>
        logits.device_type == DeviceType.CUDA && logits.dtype == ScalarType.Float32 && logits.dim() == 2
        && logits.numel() > 0 && logits.is_contiguous();

    // The layout of Draw in draw.cuh.
    [StructLayout(LayoutKind.Sequential)]
    private struct Draw
    {
        public nint Drawn;
        public nint Plain;
        public nint Uniforms;
        public nint Largest;
        public nint Sums;
        public nint Tokens;
        public nint PlainLog;
        public nint DrawnLog;
        public int Rows;
        public int Vocabulary;
    }
}
