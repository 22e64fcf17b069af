using System.Diagnostics;
using MedR1.Losses;
using MedR1.Modeling;
using MedR1.Sampling;

namespace MedR1.Training;

/// <summary>Takes prompts, samples their groups, scores them and makes advantages.</summary>
internal sealed class RolloutCollector(IVisionLanguagePolicy policy, GrpoTrainerParts parts, GrpoTrainerOptions options)
{
    private readonly RewardScorer _scorer = new(parts.Rewards, new RewardScorerOptions
    {
        Timeout = options.RewardTimeout,
        StopOnFailure = options.StopOnRewardFailure,
        MaxParallelCalls = options.MaxParallelRewards,
    });

    private readonly EncodedPromptCache _cache = new(policy.Processor, options.PromptCacheBytes);
    private Task<(VqaPrompt[] Asked, EncodedPrompt[] Encoded)>? _next;
    private long _nextIndex;

    /// <summary>Seconds that the last call sampled.</summary>
    public double SampleSeconds { get; private set; }

    /// <summary>Seconds that the last call scored.</summary>
    public double RewardSeconds { get; private set; }

    /// <summary>Starts to encode the prompts of a later call, so that it goes on beside the update.</summary>
    /// <param name="index">The index of that call.</param>
    /// <param name="cancellationToken">Cancels the encoding.</param>
    public void Prefetch(long index, CancellationToken cancellationToken)
    {
        _nextIndex = index;
        _next = Task.Run(() => TakePrompts(index, cancellationToken), cancellationToken);
    }

    /// <summary>Collects a rollout; what it gives depends on the seed and the index alone.</summary>
    /// <param name="index">How many rollouts the run made before.</param>
    /// <param name="cancellationToken">Cancels sampling and scoring.</param>
    public async Task<Rollout> CollectAsync(long index, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        Task<(VqaPrompt[] Asked, EncodedPrompt[] Encoded)> prompts = _next is not null && _nextIndex == index
            ? _next : Task.Run(() => TakePrompts(index, cancellationToken), cancellationToken);
        _next = null;
        (VqaPrompt[] asked, EncodedPrompt[] encoded) = await prompts;
        List<CompletionGroup> groups = [];
        await foreach (CompletionGroup group in Sample(asked, encoded, SamplingOptionsOf(index), cancellationToken))
        {
            groups.Add(group);
        }

        cancellationToken.ThrowIfCancellationRequested();
        Check(groups, asked.Length);
        SampleSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        start = Stopwatch.GetTimestamp();
        ScoredGroups scored = await _scorer.ScoreAsync(groups, cancellationToken);
        RewardSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return new Rollout(
            index, scored.Groups, encoded, AdvantagesOf(scored.Groups), scored.Failures, parts.Loss.ExcludesTruncated);
    }

    private IAsyncEnumerable<CompletionGroup> Sample(
        VqaPrompt[] asked, EncodedPrompt[] encoded, SamplingOptions how, CancellationToken cancellationToken) =>
        parts.Sampler is IEncodedPromptSampler inProcess && ReferenceEquals(inProcess.Processor, policy.Processor)
            ? inProcess.SampleAsync(asked, encoded, how, cancellationToken)
            : parts.Sampler.SampleAsync(asked, how, cancellationToken);

    private (VqaPrompt[] Asked, EncodedPrompt[] Encoded) TakePrompts(long index, CancellationToken cancellationToken)
    {
        int count = options.PromptsPerStep * options.StepsPerGeneration;
        VqaPrompt[] asked = new VqaPrompt[count];
        EncodedPrompt[] encoded = new EncodedPrompt[count];
        for (int i = 0; i < count; i++)
        {
            long position = index * count + i;
            int at = parts.Order.IndexAt(position, parts.Prompts.Count);
            asked[i] = parts.Prompts[at] with { Seed = SeedMixer.Mix(options.Seed, position, stream: 2) };
            encoded[i] = Encode(at, asked[i], cancellationToken);
        }

        return (asked, encoded);
    }

    private EncodedPrompt Encode(int at, VqaPrompt prompt, CancellationToken cancellationToken)
    {
        string name = prompt.Example is VqaExample example ? $"Prompt {at} of example '{example.Id}'" : $"Prompt {at}";
        EncodedPrompt encoded;
        try
        {
            encoded = _cache.Encode(at, prompt, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw new InvalidPromptException(
                $"{name} can't be encoded: {exception.Message} Mend it or leave it out.", exception);
        }

        return encoded.TokenIds.Count < policy.ContextLength ? encoded : throw new InvalidPromptException(
            $"{name} has {encoded.TokenIds.Count} tokens, the model takes {policy.ContextLength} with the answer. "
            + "Shorten it, use smaller pictures, or leave it out.");
    }

    private SamplingOptions SamplingOptionsOf(long index) => new()
    {
        SamplesPerPrompt = options.GroupSize,
        MaxNewTokens = options.MaxNewTokens,
        Temperature = options.Temperature,
        TopK = options.TopK,
        TopP = options.TopP,
        MinP = options.MinP,
        SuppressedTokenIds = options.SuppressedTokenIds,
        StopStrings = options.StopStrings,
        Seed = SeedMixer.Mix(options.Seed, index, stream: 3),
    };

    // A completion without a total is one that no reward applied to, or that a reward failed on: it stays out of all
    // statistics.
    private AdvantageResult AdvantagesOf(IReadOnlyList<CompletionGroup> groups)
    {
        double?[] none = new double?[parts.Rewards.Count];
        return GroupAdvantages.Compute(
            [.. groups.SelectMany(group => group.Scores!).Select(score => score.Total is null ? none : score.ByReward)],
            [.. parts.Rewards.Select(reward => reward.Weight)],
            [.. groups.SelectMany((group, index) => group.Completions.Select(_ => (long)index))],
            parts.Advantages);
    }

    private void Check(List<CompletionGroup> groups, int prompts)
    {
        if (groups.Count != prompts || groups.Any(group => group.Completions.Count != options.GroupSize))
        {
            throw new InvalidOperationException(
                $"The sampler gave {groups.Count} groups of "
                + $"{string.Join(", ", groups.Select(group => group.Completions.Count).Distinct())} "
                + $"completions; {prompts} groups of {options.GroupSize} were asked for.");
        }
    }
}
