using System.Runtime.CompilerServices;

namespace MedR1.Sampling.Remote;

/// <summary>
/// Draws completions with a model on a server that speaks OpenAI's chat protocol, such as vLLM or SGLang: one request
/// for each prompt with all of its samples (or for each sample: <see cref="RemoteSamplerOptions.SeparateRequests"/>),
/// several requests at once, groups in the order of the prompts.
/// </summary>
/// <remarks>
/// <para>
/// A prompt's seed is its own, or follows from the options' seed and its place in the call as with the local sampler.
/// What a server draws from it is the server's: completions are not those of the local sampler, and repeat only as far
/// as the server repeats.
/// </para>
/// <para>
/// Suppressed tokens are sent as a <c>logit_bias</c> of −100. The model's vision tokens, which the local sampler never
/// says, are suppressed only where they stand among <see cref="SamplingOptions.SuppressedTokenIds"/>. End tokens are
/// sent as <c>stop_token_ids</c>; the model's own end a completion beside them.
/// </para>
/// <para>
/// One call at a time. There is nothing to dispose; leaving an enumeration early cancels what is in flight and waits
/// for it. After cancellation an <see cref="OperationCanceledException"/> follows, and no group is given in part.
/// </para>
/// </remarks>
public sealed class RemoteSampler : ISampler
{
    /// <summary>
    /// The name of the <see cref="System.Diagnostics.Metrics.Meter"/> that counts requests, retries, tokens and
    /// seconds.
    /// </summary>
    public const string MeterName = "MedR1.Sampling.Remote";

    private readonly RemoteSamplerOptions _options;
    private readonly ChatSender _sender;

    /// <summary>Makes a sampler. The server is asked nothing yet.</summary>
    /// <param name="options">Where and how to ask.</param>
    /// <exception cref="RemoteSamplerOptionsException">The options have mistakes; it names all of them.</exception>
    public RemoteSampler(RemoteSamplerOptions options)
    {
        RemoteSamplerOptionsCheck.ThrowIfInvalid(options);
        _options = options;
        _sender = new ChatSender(options);
    }

    /// <inheritdoc/>
    /// <exception cref="RemoteSamplerOptionsException">The options have mistakes; it names all of them.</exception>
    /// <exception cref="RemoteSamplingException">
    /// While enumerating: a prompt can't be sent, or gets no answer that can be used; it names the prompt.
    /// </exception>
    /// <exception cref="WeightVersionException">
    /// While enumerating: the server has other weights than before or than it must have.
    /// </exception>
    public IAsyncEnumerable<CompletionGroup> SampleAsync(
        IReadOnlyList<VqaPrompt> prompts, SamplingOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        SamplingOptionsCheck.ThrowIfInvalid(options, _options);
        VqaPrompt[] copies = [.. prompts];
        int missing = Array.IndexOf(copies, null);
        return missing < 0
            ? SampleCoreAsync(copies, options, cancellationToken)
            : throw new ArgumentException($"Prompt {missing} of {copies.Length} is null.", nameof(prompts));
    }

    private async IAsyncEnumerable<CompletionGroup> SampleCoreAsync(
        VqaPrompt[] prompts, SamplingOptions sampling, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RemoteSamplerOptions current = WithLoadedWeights();
        WeightVersionGuard guard = new(current);
        int parts = _options.SeparateRequests ? sampling.SamplesPerPrompt : 1;
        SamplingOptions asked = sampling with { SamplesPerPrompt = sampling.SamplesPerPrompt / parts };
        ProgressCounter progress = new(_options.Progress, prompts.Length, parts);
        RemoteRun run = new(
            checked(prompts.Length * parts),
            _options.MaxParallelRequests,
            (place, stop) => AskAsync(Job(place / parts, place % parts), asked, current, guard, progress, stop),
            cancellationToken);
        await using (run.ConfigureAwait(false))
        {
            for (int i = 0; i < prompts.Length; i++)
            {
                yield return await GetAsync(run, i * parts, parts).ConfigureAwait(false);
            }
        }

        PromptJob Job(int index, int sample) =>
            new(index, prompts[index], PromptSeeds.Of(prompts[index], sampling.Seed, index), sample);
    }

    // A prompt's group out of the groups of its requests.
    private static async Task<CompletionGroup> GetAsync(RemoteRun run, int first, int count)
    {
        List<CompletionGroup> parts = [];
        while (parts.Count < count)
        {
            parts.Add(await run.GetAsync(first + parts.Count).ConfigureAwait(false));
        }

        return parts[0] with
        {
            Completions =
            [
                .. parts.SelectMany(part => part.Completions).Select((one, place) => one with { SampleIndex = place }),
            ],
        };
    }

    private async Task<CompletionGroup> AskAsync(
        PromptJob job,
        SamplingOptions sampling,
        RemoteSamplerOptions current,
        WeightVersionGuard guard,
        ProgressCounter progress,
        CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> body = Write(job, sampling, current);
        await guard.CheckAsync(job.Index, cancellationToken).ConfigureAwait(false);
        using ServerAnswer answer =
            await _sender.SendAsync(job, body, progress.AddRetry, cancellationToken).ConfigureAwait(false);
        await guard.CheckAsync(job.Index, cancellationToken).ConfigureAwait(false);
        CompletionGroup group = GroupReader.Read(answer, sampling, _options);
        progress.Add(group);
        return group;
    }

    // The same weights for a whole call, whatever is loaded meanwhile.
    private RemoteSamplerOptions WithLoadedWeights() => _options.Weights is not { } weights ? _options : _options with
    {
        Model = weights.Model ?? _options.Model,
        WeightVersion = weights.Version,
        ReadWeightVersion = weights.ReadVersionAsync,
    };

    private static ReadOnlyMemory<byte> Write(PromptJob job, SamplingOptions sampling, RemoteSamplerOptions current)
    {
        try
        {
            return RequestWriter.Write(job, sampling, current);
        }
        catch (Exception e) when (
            e is IOException or InvalidDataException or UnauthorizedAccessException or NotSupportedException)
        {
            throw job.Fail($"it can't be written as a request ({e.Message}).", attempts: 0, cause: e);
        }
    }
}
