using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Prompts one after another in a flat batch, without padding: each token sees itself and what stands before it in its
/// prompt, and the last token of each prompt is kept. Each prompt attends in a call of its own, so that what it gives
/// does not depend on the others' lengths. Keys and values go to a cache.
/// </summary>
public sealed class PromptSequencePattern : IAttentionPattern
{
    private readonly IReadOnlyList<int> _lengths;
    private readonly SlotKeyValueCache _cache;
    private readonly IReadOnlyList<int> _slots;

    /// <summary>Makes a pattern; its tensors belong to the current dispose scope.</summary>
    /// <param name="lengths">Tokens of each prompt.</param>
    /// <param name="cache">Takes keys and values.</param>
    /// <param name="slots">The slots of the cache that they go to, one for each prompt.</param>
    public PromptSequencePattern(IReadOnlyList<int> lengths, SlotKeyValueCache cache, IReadOnlyList<int> slots)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        ArgumentNullException.ThrowIfNull(cache);
        ArgumentNullException.ThrowIfNull(slots);
        _lengths = lengths;
        _cache = cache;
        _slots = slots;
        long end = 0;
        using Tensor host = tensor([.. lengths.Select(length => (end += length) - 1)], dtype: ScalarType.Int64);
        Kept = host.to(cache.Device, copy: true);
    }

    /// <inheritdoc/>
    public Tensor Kept { get; }

    /// <inheritdoc/>
    public Tensor Attend(int layer, Tensor queries, Tensor keys, Tensor values) =>
        ByPrompt(layer, keys, values, (place, key, value) =>
        {
            using Tensor query = queries.narrow(0, place.Start, place.Length);
            return PromptAttention.All(query, key, value, 1, place.Length);
        });

    /// <inheritdoc/>
    public Tensor AttendKept(int layer, Tensor queries, Tensor keys, Tensor values) =>
        ByPrompt(layer, keys, values, (place, key, value) =>
        {
            using Tensor query = queries.narrow(0, place.Prompt, 1);
            return PromptAttention.Last(query, key, value, 1, place.Length, null);
        });

    private Tensor ByPrompt(int layer, Tensor keys, Tensor values, Func<Place, Tensor, Tensor, Tensor> attend)
    {
        using DisposeScope scope = NewDisposeScope();
        List<Tensor> parts = [];
        long start = 0;
        for (int prompt = 0; prompt < _lengths.Count; prompt++)
        {
            int length = _lengths[prompt];
            Tensor key = keys.narrow(0, start, length), value = values.narrow(0, start, length);
            _cache.WritePrompts(layer, [_slots[prompt]], key, value, length);
            parts.Add(attend(new Place(prompt, start, length), key, value));
            start += length;
        }

        return (parts.Count == 1 ? parts[0] : cat(parts, 0)).MoveToOuterDisposeScope();
    }

    private readonly record struct Place(int Prompt, long Start, int Length);
}
