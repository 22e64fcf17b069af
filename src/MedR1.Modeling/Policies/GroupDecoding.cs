using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Decoding in lockstep, for loops of your own: some prompts, each with the same number of completions, all of which advance by
/// one token with each call. The sampler, whose rows come and go, works with slots instead.
/// </summary>
public sealed class GroupDecoding : IDisposable
{
    private readonly IVisionLanguagePolicy _policy;
    private readonly IKeyValueCache _cache;
    private readonly int[] _slots;
    private int _length;

    /// <summary>Allocates the cache.</summary>
    /// <param name="policy">The model; the caller keeps ownership.</param>
    /// <param name="groups">Prompts.</param>
    /// <param name="samplesPerGroup">Completions for each prompt.</param>
    /// <param name="promptCapacity">Tokens of the longest prompt.</param>
    /// <param name="completionCapacity">Tokens of the longest completion.</param>
    public GroupDecoding(
        IVisionLanguagePolicy policy, int groups, int samplesPerGroup, int promptCapacity, int completionCapacity)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentOutOfRangeException.ThrowIfLessThan(groups, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(samplesPerGroup, 1);
        _policy = policy;
        SamplesPerGroup = samplesPerGroup;
        _slots = [.. Enumerable.Range(0, groups)];
        _cache = policy.CreateCache(groups, groups * samplesPerGroup, promptCapacity, completionCapacity);
    }

    /// <summary>Completions for each prompt; rows of a group are consecutive.</summary>
    public int SamplesPerGroup { get; }

    /// <summary>Bytes of the cache.</summary>
    public long ByteSize => _cache.ByteSize;

    /// <summary>Runs prompts and starts over after them.</summary>
    /// <param name="prompts">As many as there are groups.</param>
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

    /// <summary>Runs one token in each row.</summary>
    /// <param name="tokens"><c>[groups · samples]</c> int64 tokens.</param>
    /// <returns><c>[groups · samples, vocabulary]</c> float32 logits of the token after it.</returns>
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
