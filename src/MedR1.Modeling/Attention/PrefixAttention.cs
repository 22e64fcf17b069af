using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Attention of completions to their shared prompt and to themselves, with one softmax over both. The queries of all completions
/// of a group are folded into one product with the prompt's keys, which therefore are stored only once per group.
/// </summary>
/// <remarks>
/// Shapes: A groups, G completions per group, C queries per completion, T own keys per completion, P prompt keys, K key-value
/// heads, R query heads per key-value head, D head width.
/// </remarks>
internal static class PrefixAttention
{
    /// <summary>Computes attention.</summary>
    /// <param name="queries"><c>[A·G, C, K·R, D]</c></param>
    /// <param name="prefixKeys"><c>[A, K, P, D]</c></param>
    /// <param name="prefixValues"><c>[A, K, P, D]</c></param>
    /// <param name="ownKeys"><c>[A, K, G, T, D]</c></param>
    /// <param name="ownValues"><c>[A, K, G, T, D]</c></param>
    /// <param name="bias">
    /// <c>[A or 1, G or 1, C, P + T]</c>, 0 if a query attends to a key, else −∞; each query must attend to a key.
    /// <see langword="null"/> for no mask.
    /// </param>
    /// <returns><c>[A·G, C, K·R·D]</c></returns>
    public static Tensor Attend(
        Tensor queries, Tensor prefixKeys, Tensor prefixValues, Tensor ownKeys, Tensor ownValues, Tensor? bias)
    {
        if (WidenedProduct.Serves(queries.dtype, queries.device_type))
        {
            using DisposeScope wide = NewDisposeScope();
            return Attend(
                WidenedProduct.Wide(queries), WidenedProduct.Wide(prefixKeys), WidenedProduct.Wide(prefixValues),
                WidenedProduct.Wide(ownKeys), WidenedProduct.Wide(ownValues), bias is null ? null : WidenedProduct.Wide(bias))
                .to(queries.dtype).MoveToOuterDisposeScope();
        }

        (long A, long K, long P, long D) =
            (prefixKeys.shape[0], prefixKeys.shape[1], prefixKeys.shape[2], prefixKeys.shape[3]);
        (long G, long T) = (ownKeys.shape[2], ownKeys.shape[3]);
        long C = queries.shape[1];
        long R = queries.shape[2] / K;
        using DisposeScope scope = NewDisposeScope();

        Tensor queries_AKGRCD = queries.view(A, G, C, K, R, D).permute(0, 3, 1, 4, 2, 5).contiguous();
        Tensor prefix = bmm(queries_AKGRCD.view(A * K, G * R * C, D), prefixKeys.reshape(A * K, P, D).transpose(1, 2));
        Tensor own = bmm(queries_AKGRCD.view(A * K * G, R * C, D), ownKeys.reshape(A * K * G, T, D).transpose(1, 2));
        Tensor scores = cat([prefix.view(A, K * G * R, C, P), own.view(A, K * G * R, C, T)], -1);
        double scale = 1 / Math.Sqrt(D);
        scores = bias is null
            ? scores.TimesInPlace(scale)
            : bias.view(bias.shape[0], 1, bias.shape[1], 1, C, P + T).Plus(scores.view(A, K, G, R, C, P + T), scale);

        Tensor weights = scores.dtype is ScalarType.Float32 or ScalarType.Float64
            ? scores.softmax(-1)
            : scores.softmax(-1, ScalarType.Float32).to(scores.dtype);
        Tensor[] parts = weights.split([P, T], -1);
        Tensor fromPrefix = bmm(parts[0].reshape(A * K, G * R * C, P), prefixValues.reshape(A * K, P, D));
        Tensor fromOwn = bmm(parts[1].reshape(A * K * G, R * C, T), ownValues.reshape(A * K * G, T, D));
        Tensor both = fromOwn.PlusInPlace(fromPrefix.view(A * K * G, R * C, D));
        return both.view(A, K, G, R, C, D).permute(0, 2, 4, 1, 3, 5).reshape(A * G, C, K * R * D)
            .MoveToOuterDisposeScope();
    }
}
