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
    private readonly SharedPrefixRows? _rows;

    /// <summary>Makes a pattern; its tensors belong to the current dispose scope.</summary>
    /// <param name="lengths">Tokens of each prompt.</param>
    /// <param name="cache">Takes keys and values.</param>
    /// <param name="slots">The slots of the cache that they go to, one for each prompt.</param>
    /// <param name="prefix">How many of the first tokens of all are the same and stand once; see <see cref="GroupLengths"/>.</param>
    public PromptSequencePattern(
        IReadOnlyList<int> lengths, SlotKeyValueCache cache, IReadOnlyList<int> slots, int prefix = 0)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        ArgumentNullException.ThrowIfNull(cache);
        ArgumentNullException.ThrowIfNull(slots);
        _cache = cache;
        _slots = slots;
        GroupLengths batch = GroupLengths.OfPrompts(lengths, prefix);
        _sequences = Try(batch, keepsLast: false);
        _lastTokens = Try(batch, keepsLast: true);
        _rows = prefix > 0 ? new SharedPrefixRows(batch, cache.Device) : null;
        long end = 0;
        _places = [.. lengths.Select((length, prompt) => new Place(prompt, (end += length) - length, length))];
        Kept = batch.KeptPlaces().ToArray().ToDevice(cache.Device);
    }

    /// <inheritdoc/>
    public Tensor Kept { get; }

    /// <inheritdoc/>
    public Tensor Attend(int layer, Tensor queries, Tensor keys, Tensor values)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor wholeKeys, Tensor wholeValues) = Write(layer, keys, values);
        if (_sequences is not null)
        {
            return _sequences.Attend(queries, keys, values).MoveToOuterDisposeScope();
        }

        Tensor wholeQueries = Whole(queries);
        Tensor attended = ByPrompt(wholeKeys, wholeValues, (place, key, value) =>
        {
            using Tensor query = place.Of(wholeQueries);
            return Alone(place, keepsLast: false)?.Attend(query, key, value)
                ?? PromptAttention.All(query, key, value, 1, place.Length);
        });
        return (_rows?.Flat(attended) ?? attended).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor AttendKept(int layer, Tensor queries, Tensor keys, Tensor values)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor wholeKeys, Tensor wholeValues) = Write(layer, keys, values);
        Tensor attended = _lastTokens?.Attend(queries, keys, values)
            ?? ByPrompt(wholeKeys, wholeValues, (place, key, value) =>
            {
                using Tensor query = queries.narrow(0, place.Prompt, 1);
                return Alone(place, keepsLast: true)?.Attend(query, key, value)
                    ?? PromptAttention.Last(query, key, value, 1, place.Length, null);
            });
        return attended.MoveToOuterDisposeScope();
    }

    private ShortSequences? Try(GroupLengths batch, bool keepsLast) =>
        ShortSequences.TryGroups(batch, keepsLast, _cache.DataType, _cache.Device);

    // Beside a long prompt a short one is computed as among short ones.
    private ShortSequences? Alone(Place place, bool keepsLast) => Try(GroupLengths.OfPrompts([place.Length], 0), keepsLast);

    private Tensor Whole(Tensor flat) => _rows?.Whole(flat) ?? flat;

    // The cache takes every prompt whole.
    private (Tensor Keys, Tensor Values) Write(int layer, Tensor keys, Tensor values)
    {
        (Tensor wholeKeys, Tensor wholeValues) = (Whole(keys), Whole(values));
        foreach (Place place in _places)
        {
            using Tensor key = place.Of(wholeKeys), value = place.Of(wholeValues);
            _cache.WritePrompts(layer, [_slots[place.Prompt]], key, value, place.Length);
        }

        return (wholeKeys, wholeValues);
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
