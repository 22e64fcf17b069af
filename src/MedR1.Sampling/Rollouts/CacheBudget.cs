using System.Globalization;

using MedR1.Modeling;

namespace MedR1.Sampling;

/// <summary>
/// Foretells the bytes of a cache: groups × prompt capacity × a + rows × completion capacity × b, where a and b are
/// measured on three small caches.
/// </summary>
internal sealed class CacheBudget
{
    private const int Probe = 64;
    private readonly double _perPromptToken;
    private readonly double _perCompletionToken;

    public CacheBudget(IVisionLanguagePolicy policy)
    {
        long small = Measure(policy, Probe, Probe);
        _perPromptToken = (Measure(policy, 2 * Probe, Probe) - small) / (double)Probe;
        _perCompletionToken = (Measure(policy, Probe, 2 * Probe) - small) / (double)Probe;
    }

    /// <summary>Bytes of a cache.</summary>
    public long BytesOf(int groups, int samplesPerGroup, int promptCapacity, int completionCapacity) =>
        (long)Math.Ceiling(
            groups * (_perPromptToken * promptCapacity + _perCompletionToken * samplesPerGroup * completionCapacity));

    /// <summary>Says that one group alone is too large.</summary>
    public static InvalidOperationException TooSmall(PromptTicket ticket, int samples, long needed, long allowed) =>
        new(string.Create(
            CultureInfo.InvariantCulture,
            $"The cache of prompt {ticket.Index} alone ({ticket.Encoded.TokenIds.Count} tokens, {samples} " +
            $"completions of up to {ticket.TokenLimit}) takes {needed} bytes, but MostCacheBytes is {allowed}. " +
            $"Raise it, or lower SamplesPerPrompt or MaxNewTokens."));

    private static long Measure(IVisionLanguagePolicy policy, int promptCapacity, int completionCapacity)
    {
        using IKeyValueCache cache = policy.CreateCache(1, 1, promptCapacity, completionCapacity);
        return cache.ByteSize;
    }
}
