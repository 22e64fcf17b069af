using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// The prompts of <see cref="IVisionLanguagePolicy.Prefill"/> and the slots of a cache to which their keys and values are written. On the
/// CPU, prompts are not padded, so that a prompt's result does not depend on the others; on a GPU, one padded attention is faster.
/// </summary>
public sealed class PrefillBatch : TokenBatch
{
    private readonly SlotKeyValueCache _cache;
    private readonly IReadOnlyList<int> _slots;

    /// <summary>Creates a batch.</summary>
    /// <param name="layout">The layout of the family.</param>
    /// <param name="prompts">The prompts, at least one.</param>
    /// <param name="slots">The slot of each prompt.</param>
    /// <param name="cache">A <see cref="SlotKeyValueCache"/> in the data type and on the device of the decoder.</param>
    /// <param name="sharesPrefix">
    /// Whether the common prefix of the prompts may be computed once; not with dropout in an adapter (<see cref="AdapterHost.HasDropout"/>),
    /// because each prompt has its own.
    /// </param>
    /// <exception cref="InvalidPromptException">
    /// A prompt is empty or too long, has a token that doesn't exist, or its images don't match its placeholders.
    /// </exception>
    /// <exception cref="ArgumentException">The cache is of another kind.</exception>
    public PrefillBatch(
        PromptLayout layout, IReadOnlyList<EncodedPrompt> prompts, IReadOnlyList<int> slots, IKeyValueCache cache, bool sharesPrefix)
        : this(layout, prompts, slots, cache.RequireOwnKind(), sharesPrefix)
    {
    }

    private PrefillBatch(
        PromptLayout layout, IReadOnlyList<EncodedPrompt> prompts, IReadOnlyList<int> slots, SlotKeyValueCache cache,
        bool sharesPrefix)
        : base(layout, prompts, IsPadded(cache), sharesPrefix ? PrefixOf(layout, prompts, cache) : 0)
    {
        ArgumentNullException.ThrowIfNull(slots);
        _slots = slots;
        _cache = cache;
    }

    /// <summary>
    /// Prepares the slots and runs the decoder, whose layers attend by the given pattern; the last layer returns the last token of each prompt.
    /// If the pass fails, the slots are empty.
    /// </summary>
    /// <param name="pass">Runs the decoder and its head, <c>[prompts, vocabulary]</c>.</param>
    /// <returns>The result of the pass, in the dispose scope of the caller.</returns>
    /// <exception cref="ArgumentException">A slot does not exist or occurs twice, or there is not one for each prompt.</exception>
    /// <exception cref="InvalidPromptException">A prompt is longer than the cache's prompts.</exception>
    public Tensor Run(Func<IAttentionPattern, Tensor> pass)
    {
        ArgumentNullException.ThrowIfNull(pass);
        _cache.Begin(_slots, Lengths, NextPositions);
        try
        {
            using DisposeScope scope = NewDisposeScope();
            IAttentionPattern pattern = IsPadded(_cache)
                ? new PromptPattern(Lengths, _cache.DataType, _cache.Device, _cache, _slots)
                : new PromptSequencePattern(Lengths, _cache, _slots, Prefix);
            return pass(pattern).MoveToOuterDisposeScope();
        }
        catch
        {
            _cache.Forget(_slots);
            throw;
        }
    }

    private static bool IsPadded(SlotKeyValueCache cache) => cache.Device.type != DeviceType.CPU;

    private static int PrefixOf(PromptLayout layout, IReadOnlyList<EncodedPrompt> prompts, SlotKeyValueCache cache)
    {
        int prefix = IsPadded(cache) ? 0 : CommonPrefix.Of(layout, prompts, 0);
        return prefix > 0
            && PromptSequencePattern.TakesPrefix([.. prompts.Select(prompt => prompt.TokenIds.Count)], cache.DataType, cache.Device)
                ? prefix : 0;
    }
}
