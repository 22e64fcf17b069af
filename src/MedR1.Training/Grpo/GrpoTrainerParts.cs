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

    public required IReadOnlyList<IGrpoObserver> Observers { get; init; }

    public IVisionLanguagePolicy? Reference { get; init; }

    /// <summary>What decides which data comes next and what it is compared with.</summary>
    public Dictionary<string, string> Invariants(GrpoTrainerOptions options, string referenceWeights) => new()
    {
        [nameof(options.Seed)] = Text(options.Seed),
        [nameof(options.GroupSize)] = Text(options.GroupSize),
        [nameof(options.PromptsPerStep)] = Text(options.PromptsPerStep),
        [nameof(options.StepsPerGeneration)] = Text(options.StepsPerGeneration),
        [nameof(options.Iterations)] = Text(options.Iterations),
        ["number of prompts"] = Text(Prompts.Count),
        ["weights that the policy was built with"] = referenceWeights,
    };

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
