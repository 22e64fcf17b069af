using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Attention as two matrix products with materialized scores. libtorch's fused operator is designed for long sequences: on the
/// CPU, each thread multiplies small blocks on its own, and for sequences of a hundred tokens two threads are slower than one.
/// The queries of all heads that share a key-value head are folded into one product.
/// </summary>
/// <remarks>Shapes: A sequences, T queries, S keys, H query heads, K key-value heads, D head width.</remarks>
public static class ProductAttention
{
    // 32 MiB of scores and as much of weights, and the same again for their gradients.
    private const long MostScores = 1L << 23;
    private const long LongestSequence = 256;

    /// <summary>
    /// Whether libtorch's bfloat16 products are vectorized on this CPU, which on x64 requires AVX-512 (oneDNN's condition).
    /// Otherwise they are scalar, and computing in float32 instead is faster by an order of magnitude.
    /// </summary>
    public static bool HasFastBFloat16 => PackedWeight.IsSupported;

    /// <summary>Whether products are faster than libtorch's fused operator and the scores fit a memory limit.</summary>
    /// <param name="queries"><c>[A, T, H, D]</c></param>
    /// <param name="keys"><c>[A, S, K, D]</c></param>
    public static bool IsFaster(Tensor queries, Tensor keys)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(keys);
        return queries.device_type == DeviceType.CPU && queries.dtype == ScalarType.Float32
            && keys.shape[1] <= LongestSequence
            && queries.shape[0] * queries.shape[1] * queries.shape[2] * keys.shape[1] <= MostScores;
    }

    /// <summary>Computes <c>softmax(q kᵀ / √D + bias) v</c>.</summary>
    /// <param name="queries"><c>[A, T, H, D]</c></param>
    /// <param name="keys"><c>[A, S, K, D]</c></param>
    /// <param name="values"><c>[A, S, K, D]</c></param>
    /// <param name="bias">
    /// <c>[A or 1, 1, T, S]</c>, 0 if a query attends to a key, else −∞; each query must attend to a key. <see langword="null"/>
    /// for no mask.
    /// </param>
    /// <returns><c>[A, T, H · D]</c></returns>
    public static Tensor Attend(Tensor queries, Tensor keys, Tensor values, Tensor? bias)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(values);
        (long A, long T, long H, long D) = (queries.shape[0], queries.shape[1], queries.shape[2], queries.shape[3]);
        (long S, long K) = (keys.shape[1], keys.shape[2]);
        long R = H / K;
        using DisposeScope scope = NewDisposeScope();
        Tensor folded = queries.view(A, T, K, R, D).permute(0, 2, 3, 1, 4).reshape(A * K, R * T, D);
        double scale = 1 / Math.Sqrt(D);
        Tensor products = bmm(
            bias is null ? folded.Times(scale) : folded, keys.permute(0, 2, 3, 1).reshape(A * K, D, S));
        Tensor scores = bias is null
            ? products
            : bias.unsqueeze(1).Plus(products.view(A, K, R, T, S), scale).view(A * K, R * T, S);
        Tensor attended = bmm(scores.softmax(-1), values.transpose(1, 2).reshape(A * K, S, D));
        return attended.view(A, K, R, T, D).permute(0, 3, 1, 2, 4).reshape(A, T, H * D).MoveToOuterDisposeScope();
    }
}
