using MedR1.Losses;
using MedR1.Modeling;

namespace MedR1.Training;

/// <summary>
/// What is sampled at once: groups with scores and advantages, ready for the update. Everything in it is in host memory.
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
    }

    /// <summary>How many rollouts the run made before this one, from 0.</summary>
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

    /// <summary>Whether <see cref="Advantages"/> holds what it is named after: not in PPO.</summary>
    internal bool HasAdvantages { get; }

    /// <summary>How the advantages were computed; rows are completions, one group after another.</summary>
    public AdvantageResult AdvantageResult { get; }

    /// <summary>Rewards that failed.</summary>
    public IReadOnlyList<RewardFailure> Failures { get; }

    /// <summary>
    /// How many times the sampler was called: once, and with dynamic sampling again to replace groups that did not disagree.
    /// </summary>
    public int Rounds => Counts.Rounds;

    /// <summary>Groups that dynamic sampling dropped because their completions were all worth the same.</summary>
    public int DroppedGroups => Counts.DroppedGroups;

    /// <summary>Prompts that were skipped before sampling because they are too long.</summary>
    public int OverlongPrompts => Counts.OverlongPrompts;

    /// <summary>
    /// Log-probabilities of each group's completions, token by token, under the policy that sampled them; <see langword="null"/> if
    /// the update is on policy.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<float[]>>? OldLogProbabilities { get; internal set; }

    /// <summary>
    /// PPO's advantages of each group's completions, token by token; <see langword="null"/> until they are known, and in GRPO,
    /// where all tokens of a completion share its entry in <see cref="Advantages"/>.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<float[]>>? TokenAdvantages { get; internal set; }

    /// <summary>
    /// What PPO's critic predicted before each token; <see langword="null"/> whenever <see cref="TokenAdvantages"/> is.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<float[]>>? Values { get; internal set; }

    /// <summary>
    /// What PPO's critic should have predicted; <see langword="null"/> whenever <see cref="TokenAdvantages"/> is.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<float[]>>? Returns { get; internal set; }

    /// <summary>
    /// For each group, the earlier rollout that it was replayed from; <see langword="null"/> for the rollout's own groups.
    /// </summary>
    public IReadOnlyList<long?> ReplayedFrom => [.. Members.Select(member => member.ReplayedFrom)];

    /// <summary>The groups with their places in the data.</summary>
    internal IReadOnlyList<RolloutGroup> Members { get; }

    /// <summary>
    /// How many optimizer steps one iteration over it has: as many as the options say, or more if it was recorded with different
    /// options.
    /// </summary>
    internal int StepCount { get; set; } = 1;

    /// <summary>What it took to collect them.</summary>
    internal CollectionCounts Counts { get; }

    /// <summary>The number of completions.</summary>
    public int CompletionCount => Groups.Sum(group => group.Completions.Count);

    /// <summary>The number of completion tokens.</summary>
    public long SampledTokenCount =>
        Groups.Sum(group => group.Completions.Sum(completion => (long)completion.TokenCount));

    /// <summary>The number of completion tokens that the loss sees.</summary>
    public long ActiveTokenCount => Groups.Select((group, index) =>
        group.Completions.Where((_, sample) => _isActive[index][sample])
            .Sum(completion => (long)completion.TokenCount)).Sum();

    /// <summary>
    /// Whether the loss sees a completion: not if it is empty, if it was cut off and the loss excludes such, or in PPO if it has no
    /// score.
    /// </summary>
    /// <param name="index">The completion.</param>
    public bool IsActive(CompletionIndex index) => _isActive[index.Group][index.Sample];

    /// <summary>The completion at a place.</summary>
    /// <param name="index">The completion.</param>
    public Completion CompletionAt(CompletionIndex index) => Groups[index.Group].Completions[index.Sample];

    /// <summary>The advantage of a completion.</summary>
    /// <param name="index">The completion.</param>
    public double AdvantageAt(CompletionIndex index) => Advantages[index.Group][index.Sample];
}
