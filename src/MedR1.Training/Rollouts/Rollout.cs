using MedR1.Losses;
using MedR1.Modeling;

namespace MedR1.Training;

/// <summary>
/// The result of sampling for one or more optimizer steps: groups with scores and advantages, ready for the update. All data is in host
/// memory.
/// </summary>
public sealed class Rollout
{
    private readonly bool[][] _isActive;

    internal Rollout(
        long index, IReadOnlyList<RolloutGroup> members, AdvantageResult advantages,
        IReadOnlyList<RewardFailure> failures, CollectionCounts counts, IReadOnlyList<string> rewardNames,
        bool excludesTruncated, bool holdsScores = false)
    {
        Index = index;
        Members = members;
        Groups = [.. members.Select(member => member.Group)];
        Prompts = [.. members.Select(member => member.Taken.Encoded)];
        AdvantageResult = advantages;
        int row = 0;
        Advantages = [.. Groups.Select(group => group.Completions.Select(_ => advantages.Advantages[row++]).ToArray())];
        HasAdvantages = !holdsScores;
        Failures = failures;
        Counts = counts;
        RewardNames = rewardNames;
        _isActive = [.. Groups.Select(group => group.Completions
            .Select((completion, sample) => completion.TokenCount > 0
                && !(excludesTruncated && completion.IsTruncated)
                && !(holdsScores && group.Scores![sample].Total is null))
            .ToArray())];
        for (int group = 0; group < members.Count; group++)
        {
            LeaveOutUnknown(group, members[group].OldLogProbabilities);
        }
    }

    /// <summary>The number of rollouts that the run made before this one.</summary>
    public long Index { get; }

    /// <summary>The groups, each with its scores.</summary>
    public IReadOnlyList<CompletionGroup> Groups { get; }

    /// <summary>The encoded prompt of each group.</summary>
    public IReadOnlyList<EncodedPrompt> Prompts { get; }

    /// <summary>The rewards in the order of <see cref="CompletionScore.ByReward"/>.</summary>
    public IReadOnlyList<string> RewardNames { get; }

    /// <summary>
    /// The advantage of each group's completions; 0 if no reward applied. In PPO the score: the weighted sum of the rewards.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<double>> Advantages { get; }

    /// <summary>Whether <see cref="Advantages"/> contains advantages; in PPO it contains scores.</summary>
    internal bool HasAdvantages { get; }

    /// <summary>The details of computing the advantages; rows are completions, one group after another.</summary>
    public AdvantageResult AdvantageResult { get; }

    /// <summary>Rewards that failed.</summary>
    public IReadOnlyList<RewardFailure> Failures { get; }

    /// <summary>
    /// The number of times the sampler was called: once, and with dynamic sampling again to replace groups whose rewards agreed.
    /// </summary>
    public int Rounds => Counts.Rounds;

    /// <summary>Groups that dynamic sampling dropped because their completions had equal rewards.</summary>
    public int DroppedGroups => Counts.DroppedGroups;

    /// <summary>Prompts that were skipped before sampling because they are too long.</summary>
    public int OverlongPrompts => Counts.OverlongPrompts;

    /// <summary>
    /// Log-probabilities of each group's completions, token by token, under the policy that sampled them; <see langword="null"/> if the
    /// update is on-policy.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<float[]>>? OldLogProbabilities { get; internal set; }

    /// <summary>
    /// PPO's advantages of each group's completions, token by token; <see langword="null"/> until they are known, and in GRPO,
    /// where all tokens of a completion share its entry in <see cref="Advantages"/>.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<float[]>>? TokenAdvantages { get; internal set; }

    /// <summary>
    /// The values that PPO's critic predicted before each token; <see langword="null"/> whenever <see cref="TokenAdvantages"/> is.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<float[]>>? Values { get; internal set; }

    /// <summary>
    /// The returns that PPO's critic should have predicted; <see langword="null"/> whenever <see cref="TokenAdvantages"/> is.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<float[]>>? Returns { get; internal set; }

    /// <summary>
    /// For each group, the earlier rollout that it was replayed from; <see langword="null"/> for the rollout's own groups.
    /// </summary>
    public IReadOnlyList<long?> ReplayedFrom => [.. Members.Select(member => member.ReplayedFrom)];

    /// <summary>The groups with their positions in the data.</summary>
    internal IReadOnlyList<RolloutGroup> Members { get; }

    /// <summary>
    /// The number of optimizer steps in one iteration over the rollout: as many as the options say, or more if it was recorded with
    /// different options.
    /// </summary>
    internal int StepCount { get; set; } = 1;

    /// <summary>The statistics of collecting the rollout.</summary>
    internal CollectionCounts Counts { get; }

    /// <summary>The number of completions.</summary>
    public int CompletionCount => Groups.Sum(group => group.Completions.Count);

    /// <summary>The number of completion tokens.</summary>
    public long SampledTokenCount =>
        Groups.Sum(group => group.Completions.Sum(completion => (long)completion.TokenCount));

    /// <summary>The number of completion tokens that contribute to the loss.</summary>
    public long ActiveTokenCount => Groups.Select((group, index) =>
        group.Completions.Where((_, sample) => _isActive[index][sample])
            .Sum(completion => (long)completion.TokenCount)).Sum();

    /// <summary>
    /// Whether a completion contributes to the loss: not if it is empty, if it was cut off and the loss (or the run's earlier loss, if it was
    /// changed since) excludes truncated completions, or in PPO if it has no score.
    /// </summary>
    /// <param name="index">The completion.</param>
    public bool IsActive(CompletionIndex index) => _isActive[index.Group][index.Sample];

    /// <summary>
    /// Leaves out the completions of a group that have no numbers, because they took no part when the numbers were computed: a loss that
    /// was deliberately changed since may no longer exclude truncated completions.
    /// </summary>
    /// <param name="group">The group.</param>
    /// <param name="numbers">Numbers for each of its completions; null if they are not computed yet.</param>
    internal void LeaveOutUnknown(int group, IReadOnlyList<float[]?>? numbers)
    {
        for (int sample = 0; sample < numbers?.Count; sample++)
        {
            _isActive[group][sample] &= numbers[sample] is { Length: > 0 };
        }
    }

    /// <summary>The completion at an index.</summary>
    /// <param name="index">The completion.</param>
    public Completion CompletionAt(CompletionIndex index) => Groups[index.Group].Completions[index.Sample];

    /// <summary>The advantage of a completion.</summary>
    /// <param name="index">The completion.</param>
    public double AdvantageAt(CompletionIndex index) => Advantages[index.Group][index.Sample];
}
