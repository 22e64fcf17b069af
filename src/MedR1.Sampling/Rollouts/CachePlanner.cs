using MedR1.Modeling;

namespace MedR1.Sampling;

/// <summary>Plans the cache of a call: as many concurrent completions as rows and bytes allow.</summary>
internal sealed class CachePlanner(IVisionLanguagePolicy policy, LocalSamplerOptions limits, SamplingOptions options)
{
    // The lengths of prompts not encoded yet are unknown: rounding up avoids a new cache for a slightly longer prompt.
    private const int Step = 64;

    private CacheBudget? _budget;

    /// <summary>Plans the shape for the prompts in the queue.</summary>
    /// <exception cref="InvalidOperationException">A single completion takes more bytes than allowed.</exception>
    public CacheShape Plan(PromptQueue queue, CancellationToken cancellationToken)
    {
        int samples = options.SamplesPerPrompt;
        int rows = (int)Math.Min(limits.MaxRows, (long)queue.Count * samples);
        IReadOnlyCollection<PromptTicket> window =
            queue.Prepare(queue.IsEncoded ? queue.Count : GroupsOf(rows) + 1, cancellationToken);
        int longest = window.Max(ticket => ticket.Encoded.TokenIds.Count);
        bool isKnown = window.Count == queue.Count;
        int roomy = isKnown ? longest : Math.Min(policy.ContextLength, (longest + Step - 1) / Step * Step);

        // After a long prompt, the context leaves room for fewer tokens than requested; a prompt not encoded yet may be short.
        int tokens = isKnown
            ? window.Max(ticket => ticket.TokenLimit) : Math.Min(options.MaxNewTokens, policy.ContextLength);

        // Prompts whose last completions are long keep their slots: twice as many slots let others begin.
        CacheShape shape = new(Math.Min(queue.Count, 2 * GroupsOf(rows)), rows, roomy, tokens);
        return limits.MaxCacheBytes is long allowed ? Shrink(shape, longest, allowed, window.First()) : shape;
    }

    private CacheShape Shrink(CacheShape shape, int longest, long allowed, PromptTicket first)
    {
        _budget ??= new CacheBudget(policy);
        CacheShape smaller = shape with { PromptCapacity = longest };
        while (_budget.BytesOf(smaller) > allowed)
        {
            int fewest = GroupsOf(smaller.RowSlots);
            if (smaller.PromptSlots > fewest)
            {
                smaller = smaller with { PromptSlots = smaller.PromptSlots - 1 };
            }
            else if (smaller.RowSlots > 1)
            {
                smaller = smaller with { RowSlots = smaller.RowSlots - 1 };
            }
            else
            {
                throw CacheBudget.TooSmall(first, smaller, _budget.BytesOf(smaller), allowed);
            }
        }

        return smaller;
    }

    private int GroupsOf(int rows) => (rows + options.SamplesPerPrompt - 1) / options.SamplesPerPrompt;
}
