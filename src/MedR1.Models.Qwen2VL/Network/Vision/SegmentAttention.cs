using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL;

/// <summary>
/// Full attention within segments, <c>softmax(q kᵀ / √d) v</c>. On the CPU, libtorch's fused operator multiplies bfloat16 at
/// half the speed of a plain product. Without gradient, the scores are therefore materialized, rounded to bfloat16 as in the
/// reference's eager attention; with gradient, they would have to be saved for the backward pass.
/// </summary>
internal static class SegmentAttention
{
    // The number of scores materialized at once: 32 MiB, and as much again after the softmax.
    private const long MostScores = 1L << 24;

    /// <param name="queries"><c>[segments, length, heads, d]</c></param>
    /// <param name="keys"><c>[segments, length, heads, d]</c></param>
    /// <param name="values"><c>[segments, length, heads, d]</c></param>
    /// <param name="sequences">The segments as short sequences; <see langword="null"/> if other operators are faster.</param>
    /// <param name="mostScores">The maximum number of scores that exist at once, at least those of one token.</param>
    /// <returns><c>[segments, length, heads · d]</c></returns>
    public static Tensor Apply(
        Tensor queries, Tensor keys, Tensor values, ShortSequences? sequences, long mostScores = MostScores)
    {
        if (sequences is not null)
        {
            using DisposeScope inner = NewDisposeScope();
            return sequences.Attend(queries.flatten(0, 1), keys.flatten(0, 1), values.flatten(0, 1))
                .view(queries.shape[0], queries.shape[1], -1).MoveToOuterDisposeScope();
        }

        // In sampling, the features of an image must not depend, even in the last bit, on other images; batched products do.
        if (is_grad_enabled() && ProductAttention.IsFaster(queries, keys))
        {
            return ProductAttention.Attend(queries, keys, values, null);
        }

        using DisposeScope scope = NewDisposeScope();
        bool areWritten = !is_grad_enabled() && queries.device_type == DeviceType.CPU
            && queries.dtype == ScalarType.BFloat16 && ProductAttention.HasFastBFloat16;
        Tensor attended = areWritten
            ? Products(ByHead(queries), ByHead(keys), ByHead(values), mostScores).view_as(queries.transpose(1, 2))
            : FusedOperators.ScaledDotProductAttention(
                queries.transpose(1, 2), keys.transpose(1, 2), values.transpose(1, 2));
        return attended.transpose(1, 2).reshape(queries.shape[0], queries.shape[1], -1).MoveToOuterDisposeScope();
    }

    // [segments, length, heads, d] to [segments · heads, length, d]
    private static Tensor ByHead(Tensor vectors) =>
        vectors.transpose(1, 2).reshape(-1, vectors.shape[1], vectors.shape[3]);

    // Computes several heads at once or, if one head has too many scores, some of its tokens.
    private static Tensor Products(Tensor queries, Tensor keys, Tensor values, long mostScores)
    {
        long heads = queries.shape[0], length = queries.shape[1];
        long headsAtOnce = Math.Clamp(mostScores / (length * length), 1, heads);
        long tokensAtOnce = Math.Clamp(mostScores / length, 1, length);
        Tensor scaled = queries.Times(1 / Math.Sqrt(queries.shape[2]));
        Tensor result = empty_like(queries);
        for (long head = 0; head < heads; head += headsAtOnce)
        {
            long count = Math.Min(headsAtOnce, heads - head);
            for (long token = 0; token < length; token += tokensAtOnce)
            {
                using DisposeScope scope = NewDisposeScope();
                long tokens = Math.Min(tokensAtOnce, length - token);
                Tensor scores = bmm(Some(scaled), keys.narrow(0, head, count).transpose(1, 2));
                Some(result).copy_(bmm(nn.functional.softmax(scores, -1), values.narrow(0, head, count)));

                Tensor Some(Tensor all) => all.narrow(0, head, count).narrow(1, token, tokens);
            }
        }

        return result;
    }
}
