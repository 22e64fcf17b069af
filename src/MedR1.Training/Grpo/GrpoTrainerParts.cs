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
}
