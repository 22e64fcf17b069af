using MedR1.Losses;

namespace MedR1.Training;

/// <summary>Computes the metrics of a rollout, under TRL's names.</summary>
internal static class RolloutMetrics
{
    public static Dictionary<string, double> Of(
        Rollout rollout, IRolloutSource source, RolloutTrainerOptions options)
    {
        Dictionary<string, double> values = new(
            rollout.AdvantageResult.ToMetrics(rollout.RewardNames))
        {
            [TrainingMetricNames.SampleSeconds] = source.SampleSeconds,
            [TrainingMetricNames.RewardSeconds] = source.RewardSeconds,
        };
        Completion[] completions = [.. rollout.Groups.SelectMany(group => group.Completions)];
        int[] ended = [.. completions.Where(completion => !completion.IsTruncated)
            .Select(completion => completion.TokenCount)];
        int[] lengths = [.. completions.Select(completion => completion.TokenCount)];
        values[TrainingMetricNames.MeanLength] = lengths.Average();
        values[TrainingMetricNames.MinLength] = lengths.Min();
        values[TrainingMetricNames.MaxLength] = lengths.Max();

        // If all completions were cut off, TRL reports 0.
        values[TrainingMetricNames.MeanTerminatedLength] = ended.DefaultIfEmpty().Average();
        values[TrainingMetricNames.MinTerminatedLength] = ended.DefaultIfEmpty().Min();
        values[TrainingMetricNames.MaxTerminatedLength] = ended.DefaultIfEmpty().Max();
        values[TrainingMetricNames.TruncatedFraction] = completions.Average(
            completion => completion.IsTruncated ? 1.0 : 0.0);
        if (options.MaxPromptTokens is not null)
        {
            values[TrainingMetricNames.OverlongPrompts] = rollout.OverlongPrompts;
        }

        return values;
    }

    /// <summary>Adds metrics of how the rollout's groups were chosen.</summary>
    public static void AddChoice(Dictionary<string, double> values, Rollout rollout, GrpoTrainerOptions options)
    {
        if (options.DynamicSampling is not null)
        {
            values[TrainingMetricNames.SamplingRounds] = rollout.Rounds;
            values[TrainingMetricNames.KeptFraction] =
                (double)rollout.Groups.Count / (rollout.Groups.Count + rollout.DroppedGroups);
        }

        if (options.Replay is not null)
        {
            long[] ages = [.. rollout.ReplayedFrom.OfType<long>().Select(index => rollout.Index - index)];
            values[TrainingMetricNames.ReplayedFraction] = (double)ages.Length / rollout.Groups.Count;
            if (ages.Length > 0)
            {
                values[TrainingMetricNames.ReplayAge] = ages.Average();
            }
        }
    }
}
