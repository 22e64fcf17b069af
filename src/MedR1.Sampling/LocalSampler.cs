using System.Runtime.CompilerServices;

using MedR1.Modeling;

namespace MedR1.Sampling;

/// <summary>
/// Draws completions with a model in this process: each distinct image of the prompts in progress goes through the vision tower
/// once, each prompt through the network once, and its completions are rows that continue it. When a completion ends, the next
/// one waiting takes its place. What a row generates depends on its prompt, the options and its seed, not on the other rows: bit
/// for bit in float32 on the CPU, elsewhere up to the rounding of the logits.
/// </summary>
/// <remarks>
/// The sampler computes on the thread that enumerates; make one call at a time, and don't change the weights before it ends. It doesn't
/// dispose the model. After cancellation, the groups in progress are returned with <see cref="StopReason.Cancelled"/> for the completions
/// that had not ended; if any prompts had not been started, an <see cref="OperationCanceledException"/> follows.
/// </remarks>
public sealed class LocalSampler : IEncodedPromptSampler
{
    /// <summary>The name of the <see cref="System.Diagnostics.Metrics.Meter"/> that counts tokens, rows and seconds.</summary>
    public const string MeterName = "MedR1.Sampling";

    private const int FewestStepsToPack = 64;

    private readonly IVisionLanguagePolicy _policy;
    private readonly LocalSamplerOptions _limits;

    /// <summary>Creates a sampler.</summary>
    /// <param name="policy">The model; the caller keeps ownership.</param>
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
    /// <exception cref="SamplingOptionsException">The options are invalid; the message lists every mistake.</exception>
    /// <exception cref="InvalidPromptException">
    /// While enumerating: a prompt can't be encoded or fills the context; the message names the prompt.
    /// </exception>
    /// <exception cref="NonFiniteLogitsException">While enumerating: a token can't be sampled.</exception>
    /// <exception cref="ObjectDisposedException">While enumerating: the policy is disposed.</exception>
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
                $"There are {prompts.Count} prompts, but {encoded.Count} encoded ones; give one per prompt.", nameof(encoded));
        }

        SamplingOptionsValidator.ThrowIfInvalid(options, _policy.VocabularySize);
        return SampleCoreAsync(prompts, encoded, options, cancellationToken);
    }

    /// <summary>Draws one completion and streams its tokens.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="options">How to draw; <see cref="SamplingOptions.SamplesPerPrompt"/> must be 1.</param>
    /// <param name="cancellationToken">Ends the stream with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="SamplingOptionsException">The options are invalid, or request more than one completion.</exception>
    public IAsyncEnumerable<SampledToken> StreamAsync(
        VqaPrompt prompt, SamplingOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(options);
        List<string> errors = [.. SamplingOptionsValidator.FindErrors(options, _policy.VocabularySize)];
        if (options.SamplesPerPrompt > 1)
        {
            errors.Add(
                $"SamplesPerPrompt is {options.SamplesPerPrompt}, but a stream has one completion; use 1.");
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
        // The contract is asynchronous, the computation isn't: running each step on a different thread would start a new pool of
        // native threads.
        await Task.CompletedTask.ConfigureAwait(false);
        ProgressReporter progress = new(_limits, prompts.Count);
        progress.Resume();
        using IDisposable? ready = Prepare(prompts.Count, options, cancellationToken);
        using RolloutEngine engine = CreateEngine(prompts, encoded, options, looksAhead: true);
        using IDisposable record = SamplingMetrics.RecordAtEnd(engine, progress);
        while (!engine.IsDone)
        {
            if (!cancellationToken.IsCancellationRequested)
            {
                engine.Step(cancellationToken);
                progress.Report(engine);
            }
            else if (engine.IsUnderWay)
            {
                engine.Cancel();
            }
            else
            {
                throw new OperationCanceledException(cancellationToken);
            }

            while (engine.TakeNext() is CompletionGroup group)
            {
                progress.CompletedPrompts++;
                progress.Pause();
                yield return group;
                progress.Resume();
            }
        }

        progress.Finish(engine);
    }

    private async IAsyncEnumerable<SampledToken> StreamCoreAsync(
        VqaPrompt prompt, SamplingOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        ProgressReporter progress = new(_limits, 1);
        progress.Resume();
        IStreamingDecoder decoder = _policy.Processor.Tokenizer.CreateStreamingDecoder();
        using IDisposable? ready = Prepare(1, options, cancellationToken);
        using RolloutEngine engine = CreateEngine([prompt], null, options, looksAhead: false);
        using IDisposable record = SamplingMetrics.RecordAtEnd(engine, progress);
        while (!engine.IsDone)
        {
            cancellationToken.ThrowIfCancellationRequested();
            engine.Step(cancellationToken);
            progress.Report(engine);
            SampledToken token = Newest(engine.OnlyRow, decoder);
            progress.Pause();
            yield return token;
            progress.Resume();
        }

        progress.CompletedPrompts = 1;
        progress.Finish(engine);
    }

    private static SampledToken Newest(RolloutRow row, IStreamingDecoder decoder)
    {
        string text = decoder.Append(row.Tokens[^1]);
        return new SampledToken(
            row.Tokens[^1],
            row.Ended is null ? text : text + decoder.Complete(),
            row.LastLogProbability,
            row.Ended);
    }

    private RolloutEngine CreateEngine(
        IReadOnlyList<VqaPrompt> prompts, IReadOnlyList<EncodedPrompt>? encoded, SamplingOptions options,
        bool looksAhead) => new(
        _policy,
        CreateChooser(options),
        options,
        _limits,
        new PromptQueue(new PromptEncoder(_policy, options), prompts, encoded),
        looksAhead);

    // Packing writes a copy of all weights; a step with several rows saves about half of one read of the weights.
    private IDisposable? Prepare(int promptCount, SamplingOptions options, CancellationToken cancellationToken)
    {
        if (promptCount == 0)
        {
            return null;
        }

        LivePolicy.Require(_policy);
        cancellationToken.ThrowIfCancellationRequested();
        long rows = (long)promptCount * options.SamplesPerPrompt;
        long steps = options.MaxNewTokens * ((rows + _limits.MaxRows - 1) / _limits.MaxRows);
        return _limits.PackWeights ?? (rows > 1 && steps >= FewestStepsToPack)
            ? _policy.BeginDecoding((int)Math.Min(rows, _limits.MaxRows)) : null;
    }

    private TokenChooser CreateChooser(SamplingOptions options) => new(
        options,
        [.. (options.EndTokenIds ?? _policy.EndTokenIds).Distinct()],
        [.. _policy.SuppressedTokenIds.Concat(options.SuppressedTokenIds).Distinct()],
        _limits.Processors);
}
