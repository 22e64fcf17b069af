using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// How the tokens of a flat batch attend to each other. The decoder's layers know nothing else about batches, prompts, groups and
/// caches. It belongs to one forward pass; its creator disposes what it was made of.
/// </summary>
public interface IAttentionPattern
{
    /// <summary>
    /// <c>[M]</c> int64: the tokens whose output is needed. The last layer computes queries, feed-forward and all that follows
    /// only for them. Null if the output of all tokens is needed.
    /// </summary>
    Tensor? Kept { get; }

    /// <summary>Computes attention.</summary>
    /// <param name="layer">The layer, for patterns that keep keys and values.</param>
    /// <param name="queries"><c>[N, heads, d]</c>, rotated by their positions.</param>
    /// <param name="keys"><c>[N, key-value heads, d]</c>, rotated by their positions.</param>
    /// <param name="values"><c>[N, key-value heads, d]</c></param>
    /// <returns><c>[N, heads · d]</c></returns>
    Tensor Attend(int layer, Tensor queries, Tensor keys, Tensor values);

    /// <summary>Computes attention with the queries of the kept tokens only; called if <see cref="Kept"/> is not null.</summary>
    /// <param name="layer">The layer, for patterns that keep keys and values.</param>
    /// <param name="queries"><c>[M, heads, d]</c>, rotated by their positions.</param>
    /// <param name="keys"><c>[N, key-value heads, d]</c>, rotated by their positions.</param>
    /// <param name="values"><c>[N, key-value heads, d]</c></param>
    /// <returns><c>[M, heads · d]</c></returns>
    Tensor AttendKept(int layer, Tensor queries, Tensor keys, Tensor values);
}
