using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Sequences of equal length, padded on the right: each token sees itself and the tokens before it, and all are kept.
/// </summary>
/// <param name="sequences">Number of sequences.</param>
/// <param name="length">Tokens of each, padding included.</param>
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
