using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Attention as two products with materialized scores in between. libtorch's fused operator is made for long sequences: on the
/// CPU each of its threads multiplies small blocks by itself, and for sequences of a hundred tokens two threads take longer than
/// one. The queries of all heads that share a key-value head are folded into one product.
/// </summary>
/// <remarks>Shapes: A sequences, T queries, S keys, H query heads, K key-value heads, D width of a head.</remarks>
public static class ProductAttention
{
    // 32 MiB of scores, twice, and as much again for their gradient.
    private const long MostScores = 1L << 23;
    private const long LongestSequence = 256;

    /// <summary>
    /// Whether libtorch multiplies bfloat16 on this CPU with vectors, which on x64 takes AVX-512 (oneDNN's condition). Elsewhere it takes
    /// number by number, and what is computed in float32 instead is faster by an order of magnitude.
    /// </summary>
    public static bool HasFastBFloat16 => PackedWeight.IsSupported;

    /// <summary>Whether products are faster than libtorch's fused operator, and the scores are not too large.</summary>
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

    /// <summary><c>softmax(q kᵀ / √D + bias) v</c>.</summary>
    /// <param name="queries"><c>[A, T, H, D]</c></param>
    /// <param name="keys"><c>[A, S, K, D]</c></param>
    /// <param name="values"><c>[A, S, K, D]</c></param>
    /// <param name="bias">
    /// <c>[A or 1, 1, T, S]</c>, 0 if a query sees a key and −∞ if not; each query must see a key. Null: all see all.
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
