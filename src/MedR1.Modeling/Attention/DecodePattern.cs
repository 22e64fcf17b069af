using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// One token of each row, behind what a cache holds; its keys and values go there too. On the CPU rows attend by a
/// kernel of their own, elsewhere by tensors.
/// </summary>
public sealed class DecodePattern : IAttentionPattern, IDisposable
{
    private readonly SlotKeyValueCache _cache;
    private readonly DecodePlan? _plan;
    private readonly DecodeTable? _table;

    /// <summary>Makes a pattern; who makes it disposes it.</summary>
    /// <param name="cache">The cache.</param>
    /// <param name="rows">The rows of the step, each with room for a token; those of a prompt stand together.</param>
    public DecodePattern(SlotKeyValueCache cache, IReadOnlyList<DecodeRow> rows)
        : this(cache, rows, byTensors: false)
    {
    }

    internal DecodePattern(SlotKeyValueCache cache, IReadOnlyList<DecodeRow> rows, bool byTensors)
    {
        ArgumentNullException.ThrowIfNull(cache);
        cache.Check(rows);
        _cache = cache;
        if (!byTensors && DecodeAttention.Fits(cache))
        {
            _plan = DecodeAttention.Plan(rows, cache);
        }
        else
        {
            _table = new DecodeTable(rows, cache);
        }
    }

    /// <inheritdoc/>
    public Tensor? Kept => null;

    /// <inheritdoc/>
    public Tensor AttendKept(int layer, Tensor queries, Tensor keys, Tensor values) =>
        throw new InvalidOperationException("This pattern keeps all tokens; call Attend.");

    /// <inheritdoc/>
    public Tensor Attend(int layer, Tensor queries, Tensor keys, Tensor values)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(values);
        return _plan is not null
            ? DecodeAttention.Attend(queries, keys, values, layer, _plan, _cache)
            : _table!.Attend(queries, keys, values, layer);
    }

    /// <inheritdoc/>
    public void Dispose() => _table?.Dispose();
}
