using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>Causal attention in prompts that are padded on the right, <c>softmax(q kᵀ / sqrt(d)) v</c>.</summary>
internal static class PromptAttention
{
    /// <summary>
    /// Computes causal attention of all tokens, <c>[B · length, heads, d]</c> to <c>[B · length, heads · d]</c>. Padding needs
    /// no mask, because it follows all tokens of its prompt.
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
    /// Computes attention of the last token of each prompt to its whole prompt, <c>[B, heads, d]</c> to <c>[B, heads · d]</c>.
    /// The bias <c>[B, 1, 1, length]</c> masks the padding; <see langword="null"/> if there is none.
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
    /// Creates the bias that masks padding: <c>[B, 1, 1, length]</c>, −∞ after the end of each prompt; <see langword="null"/>
    /// without padding.
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

        using Tensor host = tensor(values, [lengths.Count, 1, 1, length], device: CPU);
        return host.to(dataType, device, copy: true);
    }

    /// <summary>Views <c>[B · length, heads, d]</c> as <c>[B, heads, length, d]</c>.</summary>
    private static Tensor Split(Tensor vectors, long prompts, long length) =>
        vectors.view(prompts, length, vectors.shape[1], vectors.shape[2]).transpose(1, 2);
}
