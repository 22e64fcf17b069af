using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>Attention inside prompts that are padded on the right, <c>softmax(q kᵀ / sqrt(d)) v</c>.</summary>
internal static class PromptAttention
{
    /// <summary>
    /// Every token of <c>[B · length, heads, d]</c> sees itself and what stands before it in its prompt; it doesn't see
    /// the padding, which stands behind, so no mask is needed. Gives <c>[B · length, heads · d]</c>.
    /// </summary>
    public static Tensor All(Tensor queries, Tensor keys, Tensor values, long prompts, long length)
    {
        using DisposeScope scope = NewDisposeScope();
        return FusedOperators.ScaledDotProductAttention(
                Split(queries, prompts, length), Split(keys, prompts, length), Split(values, prompts, length),
                isCausal: true, enableGqa: queries.shape[1] != keys.shape[1])
            .transpose(1, 2).reshape(prompts * length, -1).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The last token of each prompt, <c>[B, heads, d]</c>, sees its whole prompt. The bias <c>[B, 1, 1, length]</c>
    /// hides the padding; null if there is none. Gives <c>[B, heads · d]</c>.
    /// </summary>
    public static Tensor Last(Tensor queries, Tensor keys, Tensor values, long prompts, long length, Tensor? bias)
    {
        using DisposeScope scope = NewDisposeScope();
        return FusedOperators.ScaledDotProductAttention(
                queries.unsqueeze(2), Split(keys, prompts, length), Split(values, prompts, length),
                bias, enableGqa: queries.shape[1] != keys.shape[1])
            .reshape(prompts, -1).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The bias that hides padding: <c>[B, 1, 1, length]</c>, −∞ behind the end of each prompt; null without padding.
    /// </summary>
    public static Tensor? PaddingBias(IReadOnlyList<int> lengths, int length, ScalarType dataType, Device device)
    {
        if (lengths.All(own => own == length))
            return null;
        float[] values = new float[lengths.Count * length];
        for (int prompt = 0; prompt < lengths.Count; prompt++)
        {
            values.AsSpan(prompt * length + lengths[prompt], length - lengths[prompt]).Fill(float.NegativeInfinity);
        }

        using Tensor host = tensor(values, [lengths.Count, 1, 1, length]);
        return host.to(dataType, device, copy: true);
    }

    /// <summary><c>[B · length, heads, d]</c> to <c>[B, heads, length, d]</c>.</summary>
    private static Tensor Split(Tensor vectors, long prompts, long length) =>
        vectors.view(prompts, length, vectors.shape[1], vectors.shape[2]).transpose(1, 2);
}
