using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Defines how the tokens of a flat batch attend to each other. It is all that the decoder's layers know of batches, prompts,
/// groups and caches. A pattern serves one forward pass; its creator disposes its tensors.
/// </summary>
public interface IAttentionPattern
{
    /// <summary>
    /// <c>[M]</c> int64: the tokens whose output is needed. The last layer computes queries, and everything after attention, only
    /// for them. <see langword="null"/> if the output of all tokens is needed.
    /// </summary>
    Tensor? Kept { get; }

    /// <summary>Computes attention.</summary>
    /// <param name="layer">The index of the layer, for patterns that cache keys and values.</param>
    /// <param name="queries"><c>[N, heads, d]</c>, rotated by their positions.</param>
    /// <param name="keys"><c>[N, key-value heads, d]</c>, rotated by their positions.</param>
    /// <param name="values"><c>[N, key-value heads, d]</c></param>
    /// <returns><c>[N, heads · d]</c></returns>
    Tensor Attend(int layer, Tensor queries, Tensor keys, Tensor values);

    /// <summary>Computes attention with the queries of the kept tokens only; called if <see cref="Kept"/> is not null.</summary>
    /// <param name="layer">The index of the layer, for patterns that cache keys and values.</param>
    /// <param name="queries"><c>[M, heads, d]</c>, rotated by their positions.</param>
    /// <param name="keys"><c>[N, key-value heads, d]</c>, rotated by their positions.</param>
    /// <param name="values"><c>[N, key-value heads, d]</c></param>
    /// <returns><c>[M, heads · d]</c></returns>
    Tensor AttendKept(int layer, Tensor queries, Tensor keys, Tensor values);
}
