using System.Globalization;

using MedR1.Modeling;

namespace MedR1.Sampling;

/// <summary>
/// Predicts the bytes of a cache: prompt slots × prompt capacity × a + row slots × completion capacity × b, where a and b are measured on
/// three small caches.
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

    /// <summary>The predicted size of a cache in bytes.</summary>
    public long BytesOf(CacheShape shape) => (long)Math.Ceiling(
        _perPromptToken * shape.PromptSlots * shape.PromptCapacity
        + _perCompletionToken * shape.RowSlots * shape.CompletionCapacity);

    /// <summary>Creates the exception for a single completion that exceeds the limit.</summary>
    public static InvalidOperationException TooSmall(PromptTicket ticket, CacheShape shape, long needed, long allowed) =>
        new(string.Create(
            CultureInfo.InvariantCulture,
            $"The cache for one completion of up to {shape.CompletionCapacity} tokens after a prompt of " +
            $"{shape.PromptCapacity} (from prompt {ticket.Index} on) needs {needed} bytes, but MaxCacheBytes is " +
            $"{allowed}. Raise it, or lower MaxNewTokens or the processor's MaxPixels."));

    private static long Measure(IVisionLanguagePolicy policy, int promptCapacity, int completionCapacity)
    {
        using IKeyValueCache cache = policy.CreateCache(1, 1, promptCapacity, completionCapacity);
        return cache.ByteSize;
    }
}
