using System.Diagnostics;
using MedR1.Modeling;
using MedR1.Sampling;

namespace MedR1.Training;

/// <summary>
/// Takes prompts, then samples and scores their groups; with dynamic sampling (DAPO, arXiv 2503.14476, section 3.2), samples again to
/// replace groups whose rewards agree.
/// </summary>
internal sealed class RolloutCollector(
    IVisionLanguagePolicy policy, RolloutTrainerParts parts, RolloutTrainerOptions options, PromptTaker taker,
    DynamicSamplingOptions? dynamicSampling = null) : IRolloutSource
{
    private const int SamplingStream = 3;
    private const int FirstRepeatedStream = 100;

    private readonly RewardScorer _scorer = new(parts.Rewards, new RewardScorerOptions
    {
        Timeout = options.RewardTimeout,
        StopOnFailure = options.StopOnRewardFailure,
        MaxParallelCalls = options.MaxParallelRewards,
        LargestTotal = parts.LargestTotal,
        RangeOfTotals = parts.RangeOfTotals,
    });

    private readonly RolloutMaker _maker = new(parts);
    private readonly int? _decidingReward = parts.IndexOf(dynamicSampling?.Reward);
    private Task<PromptBatch>? _next;

    public double SampleSeconds { get; private set; }

    public double RewardSeconds { get; private set; }

    private int PromptCount => options.PromptsPerStep * options.StepsPerGeneration;

    public void Prefetch(long position, CancellationToken cancellationToken) =>
        _next = Task.Run(() => taker.Take(position, PromptCount, cancellationToken), cancellationToken);

    public async Task WaitForPrefetchAsync()
    {
        await ((Task?)_next ?? Task.CompletedTask)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

        // What failed in this run may work in the next, which would otherwise fail with this run's exception.
        _next = _next is { IsCompletedSuccessfully: true } ? _next : null;
    }

    public async Task<Rollout> CollectAsync(long index, long position, CancellationToken cancellationToken)
    {
        (SampleSeconds, RewardSeconds) = (0, 0);
        List<RolloutGroup> useful = [];
        List<RolloutGroup> others = [];
        List<RewardFailure> failures = [];
        CollectionCounts counts = new(position) { Rounds = 0 };
        while (useful.Count < PromptCount && counts.Rounds < (dynamicSampling?.MaxRounds ?? 1))
        {
            PromptBatch batch = await TakeAsync(counts.NextPosition, PromptCount - useful.Count, cancellationToken);
            foreach (RolloutGroup group in await RunAsync(index, counts.Rounds, batch, failures, cancellationToken))
            {
                bool isUseful = dynamicSampling is null
                    || GroupAgreement.Disagrees(group.Group, _decidingReward);
                (isUseful ? useful : others).Add(group);
            }

            counts = counts with
            {
                NextPosition = batch.NextPosition,
                Rounds = counts.Rounds + 1,
                OverlongPrompts = counts.OverlongPrompts + batch.Overlong,
            };
        }

        // Once the rounds are used up, groups that agree fill the gaps, so that a step always has the same number of groups.
        List<RolloutGroup> filled = [.. others.TakeLast(PromptCount - useful.Count)];
        return _maker.Make(
            index, [.. useful, .. filled], failures, counts with { DroppedGroups = others.Count - filled.Count });
    }

    private async Task<PromptBatch> TakeAsync(long position, int count, CancellationToken cancellationToken)
    {
        // Those of the rollout's first round, if any: its position is the one that Prefetch was given.
        Task<PromptBatch>? prefetched = _next;
        _next = null;
        try
        {
            if (prefetched is not null)
            {
                return await prefetched;
            }
        }
        catch when (cancellationToken.IsCancellationRequested)
        {
            // What failed in the background is not why a cancelled run ends.
        }

        return await Task.Run(() => taker.Take(position, count, cancellationToken), cancellationToken);
    }

    private async Task<IEnumerable<RolloutGroup>> RunAsync(
        long index, int round, PromptBatch batch, List<RewardFailure> failures, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        List<CompletionGroup> groups = await SampleAsync(batch.Prompts, SamplingOptionsOf(index, round), cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        Check(groups, batch.Prompts);
        SampledPrompts.ThrowIfOthers(parts.Sampler, groups, batch.Prompts, policy.Processor.Tokenizer);
        SampleSeconds += Stopwatch.GetElapsedTime(start).TotalSeconds;
        start = Stopwatch.GetTimestamp();
        ScoredGroups scored = await _scorer.ScoreAsync(groups, cancellationToken);
        RewardSeconds += Stopwatch.GetElapsedTime(start).TotalSeconds;
        failures.AddRange(scored.Failures);
        return batch.Prompts.Select((taken, place) => new RolloutGroup(taken, scored.Groups[place])
        {
            FailedCompletions = scored.FailedCompletions[place],
        });
    }

    private async Task<List<CompletionGroup>> SampleAsync(
        TakenPrompt[] taken, SamplingOptions how, CancellationToken cancellationToken)
    {
        List<CompletionGroup> groups = [];
        using IDisposable? blocking = TrainingThread.AllowBlocking();
        try
        {
            await foreach (CompletionGroup group in Sample(taken, how, cancellationToken))
            {
                groups.Add(group);
            }
        }
        catch (OperationCanceledException exception)
        {
            ForeignCancellation.Name(exception, $"The sampler {parts.Sampler.GetType().Name}");
            throw;
        }

        return groups;
    }

    private IAsyncEnumerable<CompletionGroup> Sample(
        TakenPrompt[] taken, SamplingOptions how, CancellationToken cancellationToken)
    {
        VqaPrompt[] asked = [.. taken.Select(prompt => prompt.Prompt)];
        return parts.Sampler is IEncodedPromptSampler inProcess
            && ReferenceEquals(inProcess.Processor, policy.Processor)
            ? inProcess.SampleAsync(asked, [.. taken.Select(prompt => prompt.Encoded)], how, cancellationToken)
            : parts.Sampler.SampleAsync(asked, how, cancellationToken);
    }

    private SamplingOptions SamplingOptionsOf(long index, int round) => new()
    {
        SamplesPerPrompt = options.GroupSize,
        MaxNewTokens = options.MaxNewTokens,
        Temperature = options.Temperature,
        TopK = options.TopK,
        TopP = options.TopP,
        MinP = options.MinP,
        RepetitionPenalty = options.RepetitionPenalty,
        SuppressedTokenIds = options.SuppressedTokensOf(policy),
        StopStrings = options.StopStrings,
        Seed = SeedMixer.Mix(options.Seed, index, round == 0 ? SamplingStream : FirstRepeatedStream + round),
    };

    private void Check(List<CompletionGroup> groups, TakenPrompt[] prompts)
    {
        if (groups.Count != prompts.Length || groups.Any(group => group.Completions.Count != options.GroupSize))
        {
            throw new InvalidOperationException(
                $"The sampler returned {groups.Count} groups of "
                + $"{string.Join(", ", groups.Select(group => group.Completions.Count).Distinct())} "
                + $"completions; {prompts.Length} groups of {options.GroupSize} were requested.");
        }

        foreach ((CompletionGroup group, TakenPrompt prompt) in groups.Zip(prompts))
        {
            IEnumerable<int> tokens = group.Completions.SelectMany(completion => completion.TokenIds);
            if (UnknownToken.FirstIn(tokens, policy.VocabularySize) is int unknown)
            {
                throw new InvalidOperationException(
                    $"The sampler {parts.Sampler.GetType().Name} drew token {unknown} for {PromptTaker.NameOf(prompt)}, but the policy has "
                    + $"the tokens 0 to {policy.VocabularySize - 1}. Sample from the policy's own model.");
            }
        }
    }
}
