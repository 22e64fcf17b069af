using MedR1.Modeling;

namespace MedR1.Sampling;

/// <summary>
/// Cuts the prompts of a call into batches in their order, as large as rows and bytes allow. It encodes a prompt only
/// when its batch is near, so that the pictures of a long list are never all in memory.
/// </summary>
internal sealed class BatchPlanner(
    IVisionLanguagePolicy policy,
    LocalSamplerOptions limits,
    IReadOnlyList<VqaPrompt> prompts,
    IReadOnlyList<EncodedPrompt>? encoded,
    SamplingOptions options)
{
    private readonly PromptEncoder _encoder = new(policy, options);
    private CacheBudget? _budget;
    private PromptTicket? _held;
    private int _next;

    /// <summary>The next batch, or null when all prompts had theirs.</summary>
    /// <exception cref="OperationCanceledException">Cancelled while prompts are left.</exception>
    public IReadOnlyList<PromptTicket>? Next(CancellationToken cancellationToken)
    {
        List<PromptTicket> batch = [];
        while (TakeNext(cancellationToken) is PromptTicket ticket)
        {
            if (!Fits(batch, ticket))
            {
                _held = ticket;
                break;
            }

            batch.Add(ticket);
        }

        return batch.Count > 0 ? ImageSharing.Share(batch) : null;
    }

    private PromptTicket? TakeNext(CancellationToken cancellationToken)
    {
        if (_held is null && _next >= prompts.Count)
        {
            return null;
        }

        cancellationToken.ThrowIfCancellationRequested();
        PromptTicket ticket = _held ?? _encoder.Encode(prompts[_next], encoded?[_next], _next, cancellationToken);
        _next += _held is null ? 1 : 0;
        _held = null;
        return ticket;
    }

    private bool Fits(List<PromptTicket> batch, PromptTicket ticket)
    {
        int groups = batch.Count + 1;
        int samples = options.SamplesPerPrompt;
        if (batch.Count > 0 && (long)groups * samples > limits.MostRows)
        {
            return false;
        }

        if (limits.MostCacheBytes is not long allowed)
        {
            return true;
        }

        _budget ??= new CacheBudget(policy);
        int longestPrompt = batch.Append(ticket).Max(each => each.Encoded.TokenIds.Count);
        int longestCompletion = batch.Append(ticket).Max(each => each.TokenLimit);
        long needed = _budget.BytesOf(groups, samples, longestPrompt, longestCompletion);
        return needed <= allowed
            || (batch.Count > 0 ? false : throw CacheBudget.TooSmall(ticket, samples, needed, allowed));
    }
}
