using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Prompts one after another in a flat batch, without padding: each token sees itself and what stands before it in its
/// prompt, and the last token of each prompt is kept. Each prompt attends by itself, so that what it gives does not depend
/// on the others. Keys and values go to a cache.
/// </summary>
public sealed class PromptSequencePattern : IAttentionPattern
{
    private readonly Place[] _places;
    private readonly SlotKeyValueCache _cache;
    private readonly IReadOnlyList<int> _slots;
    private readonly ShortSequences? _sequences;
    private readonly ShortSequences? _lastTokens;

    /// <summary>Makes a pattern; its tensors belong to the current dispose scope.</summary>
    /// <param name="lengths">Tokens of each prompt.</param>
    /// <param name="cache">Takes keys and values.</param>
    /// <param name="slots">The slots of the cache that they go to, one for each prompt.</param>
    public PromptSequencePattern(IReadOnlyList<int> lengths, SlotKeyValueCache cache, IReadOnlyList<int> slots)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        ArgumentNullException.ThrowIfNull(cache);
        ArgumentNullException.ThrowIfNull(slots);
        _cache = cache;
        _slots = slots;
        _sequences = ShortSequences.TryCausal(lengths, keepsLast: false, cache.DataType, cache.Device);
        _lastTokens = ShortSequences.TryCausal(lengths, keepsLast: true, cache.DataType, cache.Device);
        long end = 0;
        _places = [.. lengths.Select((length, prompt) => new Place(prompt, (end += length) - length, length))];
        Kept = _places.Select(place => place.Start + place.Length - 1).ToArray().ToDevice(cache.Device);
    }

    /// <inheritdoc/>
    public Tensor Kept { get; }

    /// <inheritdoc/>
    public Tensor Attend(int layer, Tensor queries, Tensor keys, Tensor values)
    {
        Write(layer, keys, values);
        return _sequences?.Attend(queries, keys, values)
            ?? ByPrompt(keys, values, (place, key, value) =>
            {
                using Tensor query = place.Of(queries);
                return Alone(place, keepsLast: false)?.Attend(query, key, value)
                    ?? PromptAttention.All(query, key, value, 1, place.Length);
            });
    }

    /// <inheritdoc/>
    public Tensor AttendKept(int layer, Tensor queries, Tensor keys, Tensor values)
    {
        Write(layer, keys, values);
        return _lastTokens?.Attend(queries, keys, values)
            ?? ByPrompt(keys, values, (place, key, value) =>
            {
                using Tensor query = queries.narrow(0, place.Prompt, 1);
                return Alone(place, keepsLast: true)?.Attend(query, key, value)
                    ?? PromptAttention.Last(query, key, value, 1, place.Length, null);
            });
    }

    // Beside a long prompt a short one is computed as among short ones.
    private ShortSequences? Alone(Place place, bool keepsLast) =>
        ShortSequences.TryCausal([place.Length], keepsLast, _cache.DataType, _cache.Device);

    private void Write(int layer, Tensor keys, Tensor values)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (Place place in _places)
        {
            _cache.WritePrompts(layer, [_slots[place.Prompt]], place.Of(keys), place.Of(values), place.Length);
        }
    }

    private Tensor ByPrompt(Tensor keys, Tensor values, Func<Place, Tensor, Tensor, Tensor> attend)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] parts = [.. _places.Select(place => attend(place, place.Of(keys), place.Of(values)))];
        return (parts.Length == 1 ? parts[0] : cat(parts, 0)).MoveToOuterDisposeScope();
    }

    private readonly record struct Place(int Prompt, long Start, int Length)
    {
        public Tensor Of(Tensor all) => all.narrow(0, Start, Length);
    }
}
