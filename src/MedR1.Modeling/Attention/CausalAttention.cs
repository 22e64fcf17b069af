using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>Causal softmax attention, <c>softmax(q kᵀ / sqrt(d)) v</c>, of queries that may outnumber the key heads.</summary>
public static class CausalAttention
{
    /// <summary>Attends.</summary>
    /// <param name="queries"><c>[B, heads, L, d]</c></param>
    /// <param name="keys"><c>[B, key-value heads, L, d]</c>; query head i belongs to head i / (heads / key-value heads).</param>
    /// <param name="values"><c>[B, key-value heads, L, d]</c></param>
    /// <returns><c>[B, heads, L, d]</c></returns>
    public static Tensor Attend(Tensor queries, Tensor keys, Tensor values)
    {
        long repeats = queries.shape[1] / keys.shape[1];
        using DisposeScope scope = NewDisposeScope();
        return nn.functional.scaled_dot_product_attention(
            queries, RepeatHeads(keys, repeats), RepeatHeads(values, repeats), is_casual: true).MoveToOuterDisposeScope();
    }

    private static Tensor RepeatHeads(Tensor vectors, long repeats)
    {
        if (repeats == 1)
            return vectors;
        long[] s = vectors.shape;
        return vectors.unsqueeze(2).expand(s[0], s[1], repeats, s[2], s[3]).reshape(s[0], s[1] * repeats, s[2], s[3]);
    }
}
