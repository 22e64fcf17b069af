using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Causal attention for prompts padded on the right; keys and values are written to a cache. The last token of each prompt is
/// kept.
/// </summary>
public sealed class PromptPattern : IAttentionPattern
{
    private readonly int _prompts;
    private readonly int _length;
    private readonly Tensor? _bias;
    private readonly SlotKeyValueCache _cache;
    private readonly IReadOnlyList<int> _slots;

    /// <summary>Creates a pattern; its tensors belong to the current dispose scope.</summary>
    /// <param name="lengths">The number of tokens of each prompt.</param>
    /// <param name="dataType">Data type of the scores.</param>
    /// <param name="device">The device of the scores.</param>
    /// <param name="cache">The cache that receives keys and values.</param>
    /// <param name="slots">The cache slot of each prompt.</param>
    public PromptPattern(
        IReadOnlyList<int> lengths, ScalarType dataType, Device device, SlotKeyValueCache cache, IReadOnlyList<int> slots)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        ArgumentNullException.ThrowIfNull(cache);
        ArgumentNullException.ThrowIfNull(slots);
        _prompts = lengths.Count;
        _length = lengths.Max();
        _cache = cache;
        _slots = slots;
        _bias = PromptAttention.PaddingBias(lengths, _length, dataType, device);
        Kept = LastTokens(lengths, _length).ToDevice(device);
    }

    /// <inheritdoc/>
    public Tensor? Kept { get; }

    /// <inheritdoc/>
    public Tensor Attend(int layer, Tensor queries, Tensor keys, Tensor values)
    {
        _cache.WritePrompts(layer, _slots, keys, values, _length);
        return PromptAttention.All(queries, keys, values, _prompts, _length);
    }

    /// <inheritdoc/>
    public Tensor AttendKept(int layer, Tensor queries, Tensor keys, Tensor values)
    {
        _cache.WritePrompts(layer, _slots, keys, values, _length);
        return PromptAttention.Last(queries, keys, values, _prompts, _length, _bias);
    }

    internal static long[] LastTokens(IReadOnlyList<int> lengths, int length) =>
        [.. lengths.Select((own, prompt) => (long)prompt * length + own - 1)];
}
