using MedR1.Losses;

namespace MedR1.Training;

/// <summary>Measures a rollout under TRL's names.</summary>
internal static class RolloutMetrics
{
    public static Dictionary<string, double> Of(
        Rollout rollout, RolloutCollector collector, IReadOnlyList<WeightedReward> rewards)
    {
        Dictionary<string, double> values = new(
            rollout.AdvantageResult.ToMetrics([.. rewards.Select(reward => reward.Name)]))
        {
            [TrainingMetricNames.SampleSeconds] = collector.SampleSeconds,
            [TrainingMetricNames.RewardSeconds] = collector.RewardSeconds,
        };
        Completion[] completions = [.. rollout.Groups.SelectMany(group => group.Completions)];
        AddLengths(values, "length", completions);
        AddLengths(values, "terminated_length", [.. completions.Where(completion => !completion.IsTruncated)]);
        values[TrainingMetricNames.TruncatedShare] = completions.Average(
            completion => completion.IsTruncated ? 1.0 : 0.0);
        return values;
    }

    private static void AddLengths(Dictionary<string, double> values, string name, Completion[] completions)
    {
        if (completions.Length > 0)
        {
            values[$"completions/mean_{name}"] = completions.Average(completion => completion.TokenCount);
            values[$"completions/min_{name}"] = completions.Min(completion => completion.TokenCount);
            values[$"completions/max_{name}"] = completions.Max(completion => completion.TokenCount);
        }
    }
}
