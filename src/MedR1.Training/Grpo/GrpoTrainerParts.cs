using System.Globalization;
using MedR1.Losses;
using MedR1.Modeling;

namespace MedR1.Training;

/// <summary>What a builder gathered.</summary>
internal sealed record GrpoTrainerParts
{
    public required IPromptSource Prompts { get; init; }

    public required IExampleOrder Order { get; init; }

    public required ISampler Sampler { get; init; }

    public required IPolicyLoss Loss { get; init; }

    public required AdvantageOptions Advantages { get; init; }

    public required IUpdatePlanner Planner { get; init; }

    public required IReadOnlyList<WeightedReward> Rewards { get; init; }

    public required IReadOnlyList<IMetricSink> Sinks { get; init; }

    public required IReadOnlyList<ITrainingObserver> Observers { get; init; }

    public IReadOnlyList<IEvaluationHook> Evaluations { get; init; } = [];

    /// <summary>The folder of recorded rollouts; null to sample.</summary>
    public string? RecordedRollouts { get; init; }

    public IVisionLanguagePolicy? Reference { get; init; }

    /// <summary>The rewards' names in their order.</summary>
    public IReadOnlyList<string> RewardNames => [.. Rewards.Select(reward => reward.Name)];

    /// <summary>The place of a named reward; null for no name.</summary>
    public int? IndexOf(string? reward) =>
        reward is null ? null : Rewards.Select(each => each.Name).ToList().IndexOf(reward);

    /// <summary>What decides which data comes next and what it is compared with.</summary>
    public Dictionary<string, string> Invariants(GrpoTrainerOptions options, string referenceWeights) => new()
    {
        [nameof(options.Seed)] = Text(options.Seed),
        [nameof(options.GroupSize)] = Text(options.GroupSize),
        [nameof(options.PromptsPerStep)] = Text(options.PromptsPerStep),
        [nameof(options.StepsPerGeneration)] = Text(options.StepsPerGeneration),
        [nameof(options.Iterations)] = Text(options.Iterations),
        [nameof(options.Replay)] = options.Replay is null ? "off" : "on",
        [nameof(options.ReferenceSync)] = options.ReferenceSync is null ? "off" : "on",
        ["number of prompts"] = Text(Prompts.Count),
        ["weights that the policy was built with"] = referenceWeights,
    };

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
