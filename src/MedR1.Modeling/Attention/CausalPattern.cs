using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Sequences of equal length, padded on the right: each token sees itself and what stands before it. No token sees the padding,
/// because it stands behind them all, so no mask is needed.
/// </summary>
/// <param name="sequences">Number of sequences, B.</param>
/// <param name="length">Tokens of each, padding included, L.</param>
public sealed class CausalPattern(long sequences, long length) : IAttentionPattern
{
    /// <inheritdoc/>
    public Tensor Attend(int layer, Tensor queries, Tensor keys, Tensor values)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor queries_BHLD = Split(queries);
        Tensor keys_BHLD = Split(keys);
        Tensor values_BHLD = Split(values);
        return CausalAttention.Attend(queries_BHLD, keys_BHLD, values_BHLD)
            .transpose(1, 2).reshape(sequences * length, -1).MoveToOuterDisposeScope();
    }

    private Tensor Split(Tensor vectors) =>
        vectors.view(sequences, length, vectors.shape[1], vectors.shape[2]).transpose(1, 2);
}
