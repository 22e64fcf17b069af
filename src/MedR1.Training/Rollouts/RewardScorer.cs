using System.Collections.Concurrent;

namespace MedR1.Training;

/// <summary>
/// Scores completions with several weighted rewards in parallel. A completion's total is the weighted sum of the rewards that apply to it.
/// A reward that throws, times out or returns a number that is not finite never counts as 0: the completion gets no total, so that it is
/// left out of its group's statistics, and the failure is returned with the reward's name.
/// </summary>
/// <remarks>
/// Safe to use from several threads at once. A reward that ignores its cancellation token keeps running in the background after its
/// time is up; its thread can't be reclaimed.
/// </remarks>
public sealed class RewardScorer
{
    private readonly IReadOnlyList<WeightedReward> _rewards;
    private readonly RewardScorerOptions _options;

    /// <summary>Creates the scorer.</summary>
    /// <param name="rewards">The rewards; at least one.</param>
    /// <param name="options">How the rewards are called.</param>
    /// <exception cref="ArgumentException">There is no reward.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The time limit or the number of concurrent calls is out of range.</exception>
    public RewardScorer(IReadOnlyList<WeightedReward> rewards, RewardScorerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(rewards);
        if (rewards.Count == 0)
        {
            throw new ArgumentException(
                "There is no reward, so nothing can be learnt. Give at least one.", nameof(rewards));
        }

        _rewards = [.. rewards];
        _options = options ?? new RewardScorerOptions();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(_options.MaxParallelCalls, nameof(options));
        if (_options.Timeout != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(_options.Timeout, TimeSpan.Zero, nameof(options));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(_options.Timeout.TotalMilliseconds, int.MaxValue, nameof(options));
        }
    }

    /// <summary>The rewards in the order of <see cref="CompletionScore.ByReward"/>.</summary>
    public IReadOnlyList<WeightedReward> Rewards => _rewards;

    /// <summary>Scores groups.</summary>
    /// <param name="groups">The groups.</param>
    /// <param name="cancellationToken">Cancels the scoring.</param>
    /// <exception cref="RewardFailureException">
    /// A reward failed and <see cref="RewardScorerOptions.StopOnFailure"/> is set.
    /// </exception>
    public async Task<ScoredGroups> ScoreAsync(
        IReadOnlyList<CompletionGroup> groups, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(groups);
        ScoreTable table = new(groups, _rewards.Count);
        ConcurrentQueue<(int Order, RewardFailure Failure)> failures = new();
        List<(int Group, int Sample, int Reward)> calls = [.. Calls(groups)];
        ParallelOptions parallel = new()
        {
            MaxDegreeOfParallelism = _options.MaxParallelCalls,
            CancellationToken = cancellationToken,
        };
        await Parallel.ForAsync(0, calls.Count, parallel, async (index, token) =>
        {
            RewardFailure? failure = await CallAsync(groups, calls[index], table, token).ConfigureAwait(false);
            if (failure is not null)
            {
                failures.Enqueue((index, failure));
                if (_options.StopOnFailure)
                {
                    throw new RewardFailureException(failure);
                }
            }
        }).ConfigureAwait(false);

        RewardFailure[] overflows = [.. table.LeaveOutLargeTotals(_rewards, _options.LargestTotal, _options.RangeOfTotals)];
        if (_options.StopOnFailure && overflows is [RewardFailure overflow, ..])
        {
            throw new RewardFailureException(overflow);
        }

        return new ScoredGroups(
            [.. groups.Select((group, index) => group with { Scores = table.ScoresOf(index, _rewards) })],
            [.. failures.OrderBy(entry => entry.Order).Select(entry => entry.Failure), .. overflows])
        {
            FailedCompletions = [.. Enumerable.Range(0, groups.Count).Select(table.FailedIn)],
        };
    }

    private IEnumerable<(int Group, int Sample, int Reward)> Calls(IReadOnlyList<CompletionGroup> groups)
    {
        for (int group = 0; group < groups.Count; group++)
        {
            for (int reward = 0; reward < _rewards.Count; reward++)
            {
                int calls = _rewards[reward].ScoresGroups ? 1 : groups[group].Completions.Count;
                for (int sample = 0; sample < calls; sample++)
                {
                    yield return (group, sample, reward);
                }
            }
        }
    }

    private static RewardContext Context(CompletionGroup group, int sample) => new(group.Prompt, group.Completions[sample]);

    private async Task<RewardFailure?> CallAsync(
        IReadOnlyList<CompletionGroup> groups, (int Group, int Sample, int Reward) call, ScoreTable table,
        CancellationToken cancellationToken)
    {
        WeightedReward reward = _rewards[call.Reward];
        CompletionGroup group = groups[call.Group];
        Task<IReadOnlyList<double?>>? answer = await LimitedCall.RunAsync(
            async token => reward.ScoresGroups
                ? await reward.ScoreAsync(group, token).ConfigureAwait(false)
                : [await reward.ScoreAsync(Context(group, call.Sample), token).ConfigureAwait(false)],
            _options.Timeout, cancellationToken).ConfigureAwait(false);
        try
        {
            if (answer is not null)
            {
                IReadOnlyList<double?> scores = await answer.ConfigureAwait(false);
                return reward.ScoresGroups
                    ? table.TakeGroup(call.Group, call.Reward, scores, reward.Name)
                    : table.Take(call.Group, call.Sample, call.Reward, scores[0], reward.Name);
            }
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            table.MarkFailed(call.Group, reward.ScoresGroups ? null : call.Sample);
            return new RewardFailure(reward.Name, RewardFailureKind.Exception, ForeignExceptions.Describe(exception))
            {
                Exception = exception,
            };
        }

        table.MarkFailed(call.Group, reward.ScoresGroups ? null : call.Sample);
        return new RewardFailure(
            reward.Name, RewardFailureKind.Timeout, $"it did not finish within {_options.Timeout.TotalSeconds.ToText("0.###")} s.");
    }
}
