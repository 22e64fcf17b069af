using System.Globalization;
using MedR1.Losses;
using MedR1.Modeling;

namespace MedR1.Training;

/// <summary>The parts that a builder has collected.</summary>
internal sealed record RolloutTrainerParts
{
    private const double LargestUnscaled = 1e12;

    public required IPromptSource Prompts { get; init; }

    public required IExampleOrder Order { get; init; }

    public required ISampler Sampler { get; init; }

    public required IPolicyLoss Loss { get; init; }

    public required IAdvantageEstimator Advantages { get; init; }

    public required IUpdatePlanner Planner { get; init; }

    public required IReadOnlyList<WeightedReward> Rewards { get; init; }

    public required IReadOnlyList<IMetricSink> Sinks { get; init; }

    public required IReadOnlyList<ITrainingObserver> Observers { get; init; }

    public IReadOnlyList<IEvaluationHook> Evaluations { get; init; } = [];

    /// <summary>
    /// Whether a completion's advantage is its score, and a completion without a score is left out of the loss: PPO compares with a critic,
    /// not within the group.
    /// </summary>
    public bool ScoresAreAdvantages { get; init; }

    /// <summary>
    /// The largest magnitude of a completion's total, in <see cref="RangeOfTotals"/>, that the trainer can learn from. Gradients grow with
    /// the totals unless a deviation divides them, of which only the library's own estimator is known, and squares of errors and gradients
    /// are summed over tokens and parameters in float32, which ends at 3.4e38.
    /// </summary>
    public double LargestTotal => Estimated is null or { Scale: AdvantageScale.None, Aggregation: RewardAggregation.SumThenNormalize }
        ? LargestUnscaled : float.MaxValue;

    /// <summary>What clamps the totals before they are learnt from; null for nothing.</summary>
    public RewardRange? RangeOfTotals => Estimated?.RewardRange;

    // The options of the advantages if the library's own estimator computes them from scores.
    private AdvantageOptions? Estimated => ScoresAreAdvantages ? null : (Advantages as GroupAdvantages)?.Options;

    /// <summary>The folder of recorded rollouts; null to sample.</summary>
    public string? RecordedRollouts { get; init; }

    public IVisionLanguagePolicy? Reference { get; init; }

    /// <summary>The rewards' names in order.</summary>
    public IReadOnlyList<string> RewardNames => [.. Rewards.Select(reward => reward.Name)];

    /// <summary>The index of a named reward; null for no name.</summary>
    public int? IndexOf(string? reward) =>
        reward is null ? null : Rewards.Select(each => each.Name).ToList().IndexOf(reward);

    /// <summary>Creates the source of the rollouts: the sampler, or files.</summary>
    public IRolloutSource SourceOf(
        IVisionLanguagePolicy policy, RolloutTrainerOptions options, PromptTaker taker,
        DynamicSamplingOptions? dynamicSampling = null) => RecordedRollouts is string folder
        ? new RecordedRollouts(folder, this, taker)
        : new RolloutCollector(policy, this, options, taker, dynamicSampling);

    /// <summary>
    /// The settings that decide which data comes next and what it is compared with. A resumed run must start from the weights that the
    /// original run started from: only then is a cloned reference the same.
    /// </summary>
    public Dictionary<string, string> Invariants(
        RolloutTrainerOptions options, IVisionLanguagePolicy policy, bool clonesReference)
    {
        Dictionary<string, string> values = OfSampling(options, policy, clonesReference);
        values["order"] = Order.GetType().Name;
        values["planner"] = Planner.GetType().Name;
        values["loss"] = Loss.GetType().Name;
        RecordParts.Add(values, "loss", Loss);
        values["advantages"] = RecordParts.Described(Advantages).GetType().Name;
        RecordParts.Add(values, "advantages", Advantages);
        if (RunSettings.DigestOf(Prompts.Count, index => Prompts[index]) is string digest)
        {
            values["prompts"] = $"{Prompts.Name}, text {digest}";
        }

        return values;
    }

    private Dictionary<string, string> OfSampling(
        RolloutTrainerOptions options, IVisionLanguagePolicy policy, bool clonesReference) => new()
    {
        [nameof(options.Seed)] = Text(options.Seed),
        [nameof(options.GroupSize)] = Text(options.GroupSize),
        [nameof(options.PromptsPerStep)] = Text(options.PromptsPerStep),
        [nameof(options.StepsPerGeneration)] = Text(options.StepsPerGeneration),
        [nameof(options.Iterations)] = Text(options.Iterations),
        ["number of prompts"] = Text(Prompts.Count),
        [RunInvariants.StartWeights] = clonesReference ? WeightDigest.Of(policy) : RunInvariants.NotNeeded,
        ["rewards"] = string.Join(", ", Rewards.Select(reward =>
            string.Create(CultureInfo.InvariantCulture, $"{reward.Name} × {reward.Weight}"))),
        ["sampling"] = string.Create(
            CultureInfo.InvariantCulture,
            $"temperature {options.Temperature}, top-k {options.TopK}, top-p {options.TopP}, min-p {options.MinP}, ")
            + $"at most {Text(options.MaxNewTokens)} tokens"
            + (options.RepetitionPenalty == 1 ? "" : $", repetition penalty {options.RepetitionPenalty.ToText()}"),
    };

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
