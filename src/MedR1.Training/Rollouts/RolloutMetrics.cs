using MedR1.Losses;

namespace MedR1.Training;

/// <summary>Measures a rollout under TRL's names.</summary>
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
        AddLengths(values, "length", [.. completions.Select(completion => completion.TokenCount)]);

        // If none ended by itself, TRL reports 0.
        AddLengths(values, "terminated_length", ended.Length > 0 ? ended : [0]);
        values[TrainingMetricNames.TruncatedShare] = completions.Average(
            completion => completion.IsTruncated ? 1.0 : 0.0);
        if (options.MaxPromptTokens is not null)
        {
            values[TrainingMetricNames.OverlongPrompts] = rollout.OverlongPrompts;
        }

        return values;
    }

    /// <summary>Adds measurements of how its groups were chosen.</summary>
    public static void AddChoice(Dictionary<string, double> values, Rollout rollout, GrpoTrainerOptions options)
    {
        if (options.DynamicSampling is not null)
        {
            values[TrainingMetricNames.SamplingRounds] = rollout.Rounds;
            values[TrainingMetricNames.KeptShare] =
                (double)rollout.Groups.Count / (rollout.Groups.Count + rollout.DroppedGroups);
        }

        if (options.Replay is not null)
        {
            long[] ages = [.. rollout.ReplayedFrom.OfType<long>().Select(index => rollout.Index - index)];
            values[TrainingMetricNames.ReplayedShare] = (double)ages.Length / rollout.Groups.Count;
            if (ages.Length > 0)
            {
                values[TrainingMetricNames.ReplayAge] = ages.Average();
            }
        }
    }

    private static void AddLengths(Dictionary<string, double> values, string name, int[] lengths)
    {
        values[$"completions/mean_{name}"] = lengths.Average();
        values[$"completions/min_{name}"] = lengths.Min();
        values[$"completions/max_{name}"] = lengths.Max();
    }
}
