using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Attention of one new token per row to the row's prompt and tokens in a cache, to which the token's keys and values are
/// appended. Uses a CPU kernel; caches without one have <see cref="SlotKeyValueCache.Programs"/>.
/// </summary>
public sealed class DecodePattern : IAttentionPattern
{
    /// <summary>Creates a pattern.</summary>
    /// <param name="cache">The cache.</param>
    /// <param name="rows">The rows of the step, each with room for a token; fastest if the rows of a prompt are adjacent.</param>
    /// <exception cref="NotSupportedException">No kernel supports the cache.</exception>
    public DecodePattern(SlotKeyValueCache cache, IReadOnlyList<DecodeRow> rows)
    {
        ArgumentNullException.ThrowIfNull(cache);
        if (!DecodeAttention.Fits(cache))
        {
            throw new NotSupportedException(
                $"No kernel supports a cache of {cache.DataType} on {cache.Device}; use its Programs.");
        }

        cache.Check(rows);
        Cache = cache;
        Plan = DecodeAttention.Plan(rows, cache);
    }

    internal SlotKeyValueCache Cache { get; }

    internal DecodePlan Plan { get; }

    /// <inheritdoc/>
    public Tensor? Kept => null;

    /// <inheritdoc/>
    public Tensor AttendKept(int layer, Tensor queries, Tensor keys, Tensor values) =>
        throw new InvalidOperationException("This pattern keeps all tokens; call Attend.");

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The cache has no such layer.</exception>
    /// <exception cref="ArgumentException">
    /// The queries, keys or values are not one for each row, or their heads or data type are not those of the cache.
    /// </exception>
    public Tensor Attend(int layer, Tensor queries, Tensor keys, Tensor values)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(values);
        int tokens = Plan.Rows.Length;
        Cache.RequireQueries(queries, tokens);
        Cache.RequireVectors(keys, tokens, nameof(keys));
        Cache.RequireVectors(values, tokens, nameof(values));
        Cache.RequireType(queries, nameof(queries));
        Cache.RequireType(keys, nameof(keys));
        Cache.RequireType(values, nameof(values));
        return DecodeAttention.Attend(queries, keys, values, layer, Plan, Cache);
    }
}
