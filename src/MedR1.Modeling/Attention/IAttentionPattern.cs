using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Who sees whom: how the tokens of a flat batch attend to each other. The decoder's layers know nothing else of
/// batches, prompts, groups and caches. It belongs to one forward pass; who makes it disposes what it was made of.
/// </summary>
public interface IAttentionPattern
{
    /// <summary>
    /// <c>[M]</c> int64: the tokens whose output is asked for. The last layer computes queries, feed-forward and all
    /// that follows for them alone. Null if the output of all tokens is.
    /// </summary>
    Tensor? Kept { get; }

    /// <summary>Attends.</summary>
    /// <param name="layer">The layer, for patterns that keep keys and values.</param>
    /// <param name="queries"><c>[N, heads, d]</c>, turned by their positions.</param>
    /// <param name="keys"><c>[N, key-value heads, d]</c>, turned by their positions.</param>
    /// <param name="values"><c>[N, key-value heads, d]</c></param>
    /// <returns><c>[N, heads · d]</c></returns>
    Tensor Attend(int layer, Tensor queries, Tensor keys, Tensor values);

    /// <summary>
    /// Attends with the queries of the kept tokens only; called where <see cref="Kept"/> is not null.
    /// </summary>
    /// <param name="layer">The layer, for patterns that keep keys and values.</param>
    /// <param name="queries"><c>[M, heads, d]</c>, turned by their positions.</param>
    /// <param name="keys"><c>[N, key-value heads, d]</c>, turned by their positions.</param>
    /// <param name="values"><c>[N, key-value heads, d]</c></param>
    /// <returns><c>[M, heads · d]</c></returns>
    Tensor AttendKept(int layer, Tensor queries, Tensor keys, Tensor values);
}
