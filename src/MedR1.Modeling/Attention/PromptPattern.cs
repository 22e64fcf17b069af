using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Prompts in a flat batch, padded on the right: each token sees itself and the tokens before it, and the last token of each
/// prompt is kept. Keys and values go to a cache.
/// </summary>
public sealed class PromptPattern : IAttentionPattern
{
    private readonly int _prompts;
    private readonly int _length;
    private readonly Tensor? _bias;
    private readonly SlotKeyValueCache _cache;
    private readonly IReadOnlyList<int> _slots;

    /// <summary>Creates a pattern; its tensors belong to the current dispose scope.</summary>
    /// <param name="lengths">Tokens of each prompt.</param>
    /// <param name="dataType">Data type of the scores.</param>
    /// <param name="device">The device of the scores.</param>
    /// <param name="cache">Receives keys and values.</param>
    /// <param name="slots">The cache slots that they go to, one for each prompt.</param>
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
