using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Causal attention in sequences of equal length, padded on the right; the output of all tokens is kept.
/// </summary>
/// <param name="sequences">The number of sequences.</param>
/// <param name="length">The number of tokens of each sequence, including padding.</param>
public sealed class CausalPattern(int sequences, int length) : IAttentionPattern
{
    /// <inheritdoc/>
    public Tensor? Kept => null;

    /// <inheritdoc/>
    public Tensor Attend(int layer, Tensor queries, Tensor keys, Tensor values) =>
        PromptAttention.All(queries, keys, values, sequences, length);

    /// <inheritdoc/>
    public Tensor AttendKept(int layer, Tensor queries, Tensor keys, Tensor values) =>
        throw new InvalidOperationException("This pattern keeps all tokens; call Attend.");
}
