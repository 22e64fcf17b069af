using System.Runtime.CompilerServices;

using MedR1.Modeling;

namespace MedR1.Sampling;

/// <summary>
/// Draws completions with a model in this process: each distinct picture of a batch goes through the vision tower once,
/// each prompt through the network once, its completions are rows behind it. What a row says depends on its prompt, the
/// options and its seed, not on the batch that it shares (up to the rounding of the logits), and repeats bit for bit on
/// the CPU.
/// </summary>
/// <remarks>
/// It computes on the thread that enumerates; one call at a time. It doesn't dispose the model. After cancellation the
/// groups that are under way are given as they stand, with <see cref="StopReason.Cancelled"/> for the rows that had not
/// ended; if prompts are left that were not begun, an <see cref="OperationCanceledException"/> follows.
/// </remarks>
public sealed class LocalSampler : IEncodedPromptSampler
{
    /// <summary>
    /// The name of the <see cref="System.Diagnostics.Metrics.Meter"/> that counts tokens, rows and seconds.
    /// </summary>
    public const string MeterName = "MedR1.Sampling";

    private readonly IVisionLanguagePolicy _policy;
    private readonly LocalSamplerOptions _limits;

    /// <summary>Makes a sampler.</summary>
    /// <param name="policy">The model; it stays the caller's.</param>
    /// <param name="options">How to use the machine; <see langword="null"/> for the defaults.</param>
    public LocalSampler(IVisionLanguagePolicy policy, LocalSamplerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(policy);
        _policy = policy;
        _limits = options ?? new LocalSamplerOptions();
        _limits.Validate();
    }

    /// <inheritdoc/>
    public IVisionLanguageProcessor Processor => _policy.Processor;

    /// <inheritdoc/>
    /// <exception cref="SamplingOptionsException">The options have mistakes; it names all of them.</exception>
    /// <exception cref="InvalidPromptException">
    /// While enumerating: a prompt can't be encoded or fills the context; it names the prompt.
    /// </exception>
    /// <exception cref="NonFiniteLogitsException">While enumerating: a token can't be drawn.</exception>
    public IAsyncEnumerable<CompletionGroup> SampleAsync(
        IReadOnlyList<VqaPrompt> prompts, SamplingOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        SamplingOptionsValidator.ThrowIfInvalid(options, _policy.VocabularySize);
        return SampleCoreAsync(prompts, null, options, cancellationToken);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<CompletionGroup> SampleAsync(
        IReadOnlyList<VqaPrompt> prompts,
        IReadOnlyList<EncodedPrompt> encoded,
        SamplingOptions options,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        ArgumentNullException.ThrowIfNull(encoded);
        if (encoded.Count != prompts.Count)
        {
            throw new ArgumentException(
                $"There are {prompts.Count} prompts, but {encoded.Count} of them encoded; give each.", nameof(encoded));
        }

        SamplingOptionsValidator.ThrowIfInvalid(options, _policy.VocabularySize);
        return SampleCoreAsync(prompts, encoded, options, cancellationToken);
    }

    /// <summary>Draws one completion and gives its tokens as they come.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="options">How to draw; <see cref="SamplingOptions.SamplesPerPrompt"/> must be 1.</param>
    /// <param name="cancellationToken">Ends the stream with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="SamplingOptionsException">
    /// The options have mistakes, or ask for more than one completion.
    /// </exception>
    public IAsyncEnumerable<SampledToken> StreamAsync(
        VqaPrompt prompt, SamplingOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(options);
        List<string> errors = [.. SamplingOptionsValidator.FindErrors(options, _policy.VocabularySize)];
        if (options.SamplesPerPrompt > 1)
        {
            errors.Add(
                $"SamplesPerPrompt is {options.SamplesPerPrompt}, but a stream is one completion; use 1.");
        }

        return errors.Count == 0
            ? StreamCoreAsync(prompt, options, cancellationToken)
            : throw new SamplingOptionsException(errors);
    }

    private async IAsyncEnumerable<CompletionGroup> SampleCoreAsync(
        IReadOnlyList<VqaPrompt> prompts,
        IReadOnlyList<EncodedPrompt>? encoded,
        SamplingOptions options,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // The contract is asynchronous, the computing isn't: another thread for each step would start its own pool of
        // native threads.
        await Task.CompletedTask.ConfigureAwait(false);
        TokenChooser chooser = CreateChooser(options);
        BatchPlanner planner = new(_policy, _limits, prompts, encoded, options);
        ProgressReporter progress = new(_limits, prompts.Count);
        progress.Resume();
        while (planner.Next(cancellationToken) is IReadOnlyList<PromptTicket> tickets)
        {
            TimeSpan started = progress.Elapsed;
            using RolloutBatch batch = new(_policy, chooser, options, tickets);
            while (!batch.IsDone)
            {
                if (cancellationToken.IsCancellationRequested)
                {
                    if (batch.StepCount == 0)
                    {
                        throw new OperationCanceledException(cancellationToken);
                    }

                    batch.Cancel();
                }
                else
                {
                    batch.Step();
                    progress.Report(batch);
                }

                while (batch.TakeNext() is CompletionGroup group)
                {
                    progress.CompletedPrompts++;
                    progress.Pause();
                    yield return group;
                    progress.Resume();
                }
            }

            progress.Finish(batch);
            SamplingMetrics.Record(batch, progress.Elapsed - started);
        }
    }

    private async IAsyncEnumerable<SampledToken> StreamCoreAsync(
        VqaPrompt prompt, SamplingOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        BatchPlanner planner = new(_policy, _limits, [prompt], null, options);
        ProgressReporter progress = new(_limits, 1);
        progress.Resume();
        IStreamingDecoder decoder = _policy.Processor.Tokenizer.CreateStreamingDecoder();
        using RolloutBatch batch = new(_policy, CreateChooser(options), options, planner.Next(cancellationToken)!);
        while (!batch.IsDone)
        {
            cancellationToken.ThrowIfCancellationRequested();
            batch.Step();
            progress.Report(batch);
            SampledToken token = Newest(batch, decoder);
            progress.Pause();
            yield return token;
            progress.Resume();
        }

        progress.CompletedPrompts = 1;
        progress.Finish(batch);
        SamplingMetrics.Record(batch, progress.Elapsed);
    }

    private static SampledToken Newest(RolloutBatch batch, IStreamingDecoder decoder)
    {
        RolloutRow row = batch.Rows[0];
        string text = decoder.Append(row.Tokens[^1]);
        return new SampledToken(
            row.Tokens[^1],
            row.Ended is null ? text : text + decoder.Complete(),
            batch.LastLogProbability(0),
            row.Ended);
    }

    private TokenChooser CreateChooser(SamplingOptions options) => new(
        options,
        [.. (options.EndTokenIds ?? _policy.EndTokenIds).Distinct()],
        [.. _policy.SuppressedTokenIds.Concat(options.SuppressedTokenIds).Distinct()],
        _limits.Processors);
}
