using System.Runtime.CompilerServices;

namespace MedR1.Sampling.Remote;

/// <summary>
/// Draws completions with a model on a server that speaks OpenAI's chat protocol, such as vLLM or SGLang: one request per prompt
/// for all of its samples (or one per sample: <see cref="RemoteSamplerOptions.SeparateRequests"/>), several requests at once,
/// groups in the order of the prompts.
/// </summary>
/// <remarks>
/// <para>
/// A prompt uses its own seed or, without one, a seed derived from the options' seed and its index in the call, as with the local sampler.
/// How a seed is used is up to the server: completions differ from those of the local sampler, and are only as reproducible as the server
/// is.
/// </para>
/// <para>
/// Suppressed tokens are sent as a <c>logit_bias</c> of −100. The model's vision tokens, which the local sampler never draws, are
/// suppressed only if they are in <see cref="SamplingOptions.SuppressedTokenIds"/>. End tokens are sent as <c>stop_token_ids</c>;
/// the model's own also end a completion.
/// </para>
/// <para>
/// Make one call at a time. There is nothing to dispose; leaving an enumeration early cancels the requests in flight and waits for them.
/// Cancellation causes an <see cref="OperationCanceledException"/>, and no partial group is returned.
/// </para>
/// </remarks>
public sealed class RemoteSampler : ISampler
{
    /// <summary>The name of the <see cref="System.Diagnostics.Metrics.Meter"/> for requests, retries, tokens and seconds.</summary>
    public const string MeterName = "MedR1.Sampling.Remote";

    private readonly RemoteSamplerOptions _options;
    private readonly ChatSender _sender;

    /// <summary>Creates a sampler. No request is sent yet.</summary>
    /// <param name="options">Which server to use, and how.</param>
    /// <exception cref="RemoteSamplerOptionsException">The options have mistakes; the exception names all of them.</exception>
    public RemoteSampler(RemoteSamplerOptions options)
    {
        RemoteSamplerOptionsCheck.ThrowIfInvalid(options);
        _options = options;
        _sender = new ChatSender(options);
    }

    /// <inheritdoc/>
    /// <exception cref="SamplingOptionsException">
    /// The options are invalid, or not supported by the server; the message lists every mistake.
    /// </exception>
    /// <exception cref="RemoteSamplingException">
    /// While enumerating: a prompt can't be sent, or gets no usable answer; the exception names the prompt.
    /// </exception>
    /// <exception cref="WeightVersionException">
    /// While enumerating: the server's weights are not the same as before, or not the required ones.
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
        int parts = _options.SeparateRequests || sampling.Temperature == 0 ? sampling.SamplesPerPrompt : 1;
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

    // Combines the groups of a prompt's requests.
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
        ReadOnlyMemory<byte> body = Write(job, sampling, current, cancellationToken);
        await guard.CheckAsync(job.Index, cancellationToken).ConfigureAwait(false);
        using ServerAnswer answer =
            await _sender.SendAsync(job, body, progress.AddRetry, cancellationToken).ConfigureAwait(false);
        await guard.CheckAsync(job.Index, cancellationToken).ConfigureAwait(false);
        CompletionGroup group = GroupReader.Read(answer, sampling, _options);
        progress.Add(group);
        return group;
    }

    // A whole call requires the same weights, whatever is loaded in the meantime.
    private RemoteSamplerOptions WithLoadedWeights() => _options.Weights is not { } weights ? _options : _options with
    {
        Model = weights.Model ?? _options.Model,
        WeightVersion = weights.Version,
        ReadWeightVersion = weights.ReadVersionAsync,
    };

    private static ReadOnlyMemory<byte> Write(
        PromptJob job, SamplingOptions sampling, RemoteSamplerOptions current, CancellationToken cancellationToken)
    {
        try
        {
            return RequestWriter.Write(job, sampling, current);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // Whatever an image source throws; a timeout of its own is a cancellation that the caller did not request.
            throw job.Fail($"it can't be sent as a request ({ForeignExceptions.MessageOf(e)}).", attempts: 0, cause: e);
        }
    }
}
