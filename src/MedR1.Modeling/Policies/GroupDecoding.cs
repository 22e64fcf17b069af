using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Decodes in lockstep, for custom sampling loops: every prompt has the same number of completions, and each call advances all
/// of them by one token. The sampler, whose rows finish at different times, manages cache slots directly instead.
/// </summary>
public sealed class GroupDecoding : IDisposable
{
    private readonly IVisionLanguagePolicy _policy;
    private readonly IKeyValueCache _cache;
    private readonly int[] _slots;
    private int _length;

    /// <summary>Allocates the KV cache.</summary>
    /// <param name="policy">The model; the caller keeps ownership.</param>
    /// <param name="groups">The number of prompts.</param>
    /// <param name="samplesPerGroup">The number of completions per prompt.</param>
    /// <param name="promptCapacity">The maximum number of tokens of a prompt.</param>
    /// <param name="completionCapacity">The maximum number of tokens of a completion.</param>
    public GroupDecoding(
        IVisionLanguagePolicy policy, int groups, int samplesPerGroup, int promptCapacity, int completionCapacity)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentOutOfRangeException.ThrowIfLessThan(groups, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(samplesPerGroup, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(samplesPerGroup, int.MaxValue / groups);
        _policy = policy;
        SamplesPerGroup = samplesPerGroup;
        _slots = [.. Enumerable.Range(0, groups)];
        _cache = policy.CreateCache(groups, groups * samplesPerGroup, promptCapacity, completionCapacity);
    }

    /// <summary>The number of completions per prompt; the rows of a group are consecutive.</summary>
    public int SamplesPerGroup { get; }

    /// <summary>The size of the cache in bytes.</summary>
    public long ByteSize => _cache.ByteSize;

    /// <summary>Runs the prompts and discards all completions so far.</summary>
    /// <param name="prompts">One prompt per group.</param>
    /// <returns><c>[groups, vocabulary]</c> float32 logits of the token after each prompt.</returns>
    /// <exception cref="ArgumentException">The number of prompts differs.</exception>
    public Tensor Prefill(IReadOnlyList<EncodedPrompt> prompts)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        if (prompts.Count != _slots.Length)
        {
            throw new ArgumentException(
                $"There are {_slots.Length} groups, but {prompts.Count} prompts were given.", nameof(prompts));
        }

        _length = 0;
        return _policy.Prefill(prompts, _slots, _cache);
    }

    /// <summary>Runs one token per row.</summary>
    /// <param name="tokens"><c>[groups · samples]</c> int64 tokens.</param>
    /// <returns><c>[groups · samples, vocabulary]</c> float32 logits of the next token.</returns>
    public Tensor Decode(Tensor tokens)
    {
        DecodeRow[] rows =
        [
            .. Enumerable.Range(0, _slots.Length * SamplesPerGroup)
                .Select(row => new DecodeRow(row / SamplesPerGroup, row, _length)),
        ];
        Tensor logits = _policy.Decode(tokens, rows, _cache);
        _length++;
        return logits;
    }

    /// <inheritdoc/>
    public void Dispose() => _cache.Dispose();
}
