using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Causal attention for prompts in a flat batch without padding; keys and values are written to a cache. The last token of each
/// prompt is kept. Each prompt is computed separately, so that its result does not depend on the other prompts. A common prefix
/// may be stored once.
/// </summary>
public sealed class PromptSequencePattern : IAttentionPattern
{
    private readonly Place[] _places;
    private readonly SlotKeyValueCache _cache;
    private readonly IReadOnlyList<int> _slots;
    private readonly ShortSequences? _sequences;
    private readonly ShortSequences? _lastTokens;
    private readonly SharedPrefixRows? _rows;

    /// <summary>Creates a pattern; its tensors belong to the current dispose scope.</summary>
    /// <param name="lengths">The number of tokens of each prompt.</param>
    /// <param name="cache">The cache that receives keys and values.</param>
    /// <param name="slots">The cache slot of each prompt.</param>
    /// <param name="prefix">
    /// The number of tokens of the common prefix that is stored once, as in <see cref="GroupLengths"/>; see
    /// <see cref="TakesPrefix"/>.
    /// </param>
    /// <exception cref="ArgumentException">A common prefix is stored once, which is not supported for these prompts.</exception>
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
        if (prefix > 0 && _sequences is null)
        {
            batch.RequireWhole();
        }

        _rows = prefix > 0 ? new SharedPrefixRows(batch, cache.Device) : null;
        long end = 0;
        _places = [.. lengths.Select((length, prompt) => new Place(prompt, (end += length) - length, length))];
        Kept = batch.KeptPlaces().ToArray().ToDevice(cache.Device);
    }

    /// <inheritdoc/>
    public Tensor Kept { get; }

    /// <summary>
    /// Whether a common prefix of the prompts may be stored once, which requires short sequences in float32 on the CPU. Otherwise,
    /// the order of summation depends on the length of a prompt, so that the same prefix is not bit for bit equal in two prompts.
    /// </summary>
    /// <param name="lengths">The number of tokens of each prompt.</param>
    /// <param name="dataType">Data type of the vectors.</param>
    /// <param name="device">The device of the vectors.</param>
    public static bool TakesPrefix(IReadOnlyList<int> lengths, ScalarType dataType, Device device)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        ArgumentNullException.ThrowIfNull(device);

        // The length of the prefix is not known yet; it makes no difference without gradient.
        return ShortSequences.TakesGroups(GroupLengths.OfPrompts(lengths, 0), dataType, device);
    }

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

    private ShortSequences? Try(GroupLengths batch, bool keepsLast) =>
        ShortSequences.TryGroups(batch, keepsLast, _cache.DataType, _cache.Device);

    // A short prompt is computed the same way next to a long one as among short ones.
    private ShortSequences? Alone(Place place, bool keepsLast) => Try(GroupLengths.OfPrompts([place.Length], 0), keepsLast);

    // The cache stores every prompt in full.
    private void Write(int layer, Tensor keys, Tensor values)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor wholeKeys, Tensor wholeValues) = (_rows?.Whole(keys) ?? keys, _rows?.Whole(values) ?? values);
        foreach (Place place in _places)
        {
            _cache.WritePrompts(
                layer, [_slots[place.Prompt]], place.Of(wholeKeys), place.Of(wholeValues), place.Length);
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
