using MedR1.Losses;
using MedR1.Modeling;

namespace MedR1.Training;

/// <summary>
/// What one sampling gave: groups with scores and advantages, ready for the update. Everything in it lives on the host.
/// </summary>
public sealed class Rollout
{
    private readonly bool[][] _isActive;

    internal Rollout(
        long index, IReadOnlyList<RolloutGroup> members, AdvantageResult advantages,
        IReadOnlyList<RewardFailure> failures, CollectionCounts counts, IReadOnlyList<string> rewardNames,
        bool excludesTruncated, bool excludesUnscored = false)
    {
        Index = index;
        Members = members;
        Groups = [.. members.Select(member => member.Group)];
        Prompts = [.. members.Select(member => member.Taken.Encoded)];
        AdvantageResult = advantages;
        int row = 0;
        Advantages = [.. Groups.Select(group => group.Completions.Select(_ => advantages.Advantages[row++]).ToArray())];
        Failures = failures;
        Counts = counts;
        RewardNames = rewardNames;
        _isActive = [.. Groups.Select(group => group.Completions
            .Select((completion, sample) => completion.TokenCount > 0
                && !(excludesTruncated && completion.IsTruncated)
                && !(excludesUnscored && group.Scores![sample].Total is null))
            .ToArray())];
    }

    /// <summary>How many samplings the run made before, from 0.</summary>
    public long Index { get; }

    /// <summary>The groups, each with its scores.</summary>
    public IReadOnlyList<CompletionGroup> Groups { get; }

    /// <summary>The encoded prompt of each group.</summary>
    public IReadOnlyList<EncodedPrompt> Prompts { get; }

    /// <summary>The rewards in the order of <see cref="CompletionScore.ByReward"/>.</summary>
    public IReadOnlyList<string> RewardNames { get; }

    /// <summary>
    /// The advantage of each group's completions; 0 where no reward applied. In PPO the score: the weighted sum of the
    /// rewards.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<double>> Advantages { get; }

    /// <summary>How the advantages came about; rows are completions, groups one after another.</summary>
    public AdvantageResult AdvantageResult { get; }

    /// <summary>Rewards that failed.</summary>
    public IReadOnlyList<RewardFailure> Failures { get; }

    /// <summary>
    /// How often the sampler was asked: once, and with dynamic sampling again for groups that did not disagree.
    /// </summary>
    public int Rounds => Counts.Rounds;

    /// <summary>Groups that dynamic sampling dropped, since their completions were all worth the same.</summary>
    public int DroppedGroups => Counts.DroppedGroups;

    /// <summary>Prompts that were left out before sampling, being too long.</summary>
    public int OverlongPrompts => Counts.OverlongPrompts;

    /// <summary>
    /// Log-probabilities of each group's completions under the policy that sampled them, token by token;
    /// <see langword="null"/> where the update is on policy.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<float[]>>? OldLogProbabilities { get; internal set; }

    /// <summary>
    /// PPO's advantages, token by token, of each group's completions; <see langword="null"/> until they are known, and
    /// in GRPO, where all tokens of a completion have <see cref="Advantages"/>.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<float[]>>? TokenAdvantages { get; internal set; }

    /// <summary>What PPO's critic said before each token; <see langword="null"/> as above.</summary>
    public IReadOnlyList<IReadOnlyList<float[]>>? Values { get; internal set; }

    /// <summary>What PPO's critic should have said; <see langword="null"/> as above.</summary>
    public IReadOnlyList<IReadOnlyList<float[]>>? Returns { get; internal set; }

    /// <summary>
    /// For each group the earlier sampling that it was replayed from; <see langword="null"/> for the rollout's own.
    /// </summary>
    public IReadOnlyList<long?> ReplayedFrom => [.. Members.Select(member => member.ReplayedFrom)];

    /// <summary>The groups with their places in the data.</summary>
    internal IReadOnlyList<RolloutGroup> Members { get; }

    /// <summary>
    /// How many optimizer steps an iteration over it has: what the options say, or more where it was recorded by other options.
    /// </summary>
    internal int StepCount { get; set; } = 1;

    /// <summary>What it took to collect them.</summary>
    internal CollectionCounts Counts { get; }

    /// <summary>Number of completions.</summary>
    public int CompletionCount => Groups.Sum(group => group.Completions.Count);

    /// <summary>Number of completion tokens.</summary>
    public long SampledTokenCount =>
        Groups.Sum(group => group.Completions.Sum(completion => (long)completion.TokenCount));

    /// <summary>Number of completion tokens that the loss sees.</summary>
    public long ActiveTokenCount => Groups.Select((group, index) =>
        group.Completions.Where((_, sample) => _isActive[index][sample])
            .Sum(completion => (long)completion.TokenCount)).Sum();

    /// <summary>
    /// Whether the loss sees a completion: not if it is empty, cut off where the loss excludes such, or in PPO without a
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
