using System.Globalization;
using MedR1.Losses;

namespace MedR1.Training;

/// <summary>Collects scores by group, completion and reward; each cell is written by a single call.</summary>
internal sealed class ScoreTable
{
    private readonly double?[][][] _scores;
    private readonly bool[][] _failed;

    public ScoreTable(IReadOnlyList<CompletionGroup> groups, int rewards)
    {
        _scores = [.. groups.Select(group => group.Completions.Select(_ => new double?[rewards]).ToArray())];
        _failed = [.. groups.Select(group => new bool[group.Completions.Count])];
    }

    public RewardFailure? Take(int group, int sample, int reward, double? score, string name)
    {
        // Advantages are float32. A score such as -double.MaxValue, for "worst of all", would make the deviation infinite by which the
        // advantages of its whole group are divided.
        if (score is double value && !float.IsFinite((float)value))
        {
            MarkFailed(group, sample);
            string limit = double.IsFinite(value) ? ", which is infinite in float32; use a smaller number" : "";
            return new RewardFailure(name, RewardFailureKind.NotFinite, $"it returned {value.ToText()} for sample {sample}{limit}.");
        }

        _scores[group][sample][reward] = score;
        return null;
    }

    // A user's reward may return null although its type says that it doesn't.
    public RewardFailure? TakeGroup(int group, int reward, IReadOnlyList<double?>? scores, string name)
    {
        int expected = _failed[group].Length;
        if (scores?.Count != expected)
        {
            MarkFailed(group, sample: null);
            return new RewardFailure(
                name, RewardFailureKind.CountMismatch,
                $"it returned {scores?.Count.ToString(CultureInfo.InvariantCulture) ?? "null and no"} scores for a group of {expected} "
                + "completions.");
        }

        RewardFailure[] failures = [.. Enumerable.Range(0, expected)
            .Select(sample => Take(group, sample, reward, scores[sample], name)).OfType<RewardFailure>()];
        return failures switch
        {
            [] => null,
            [RewardFailure one] => one,
            [RewardFailure first, ..] => first with
            {
                Message = $"{first.Message.TrimEnd('.')}, and nothing finite for {failures.Length} of the group's {expected}.",
            },
        };
    }

    public void MarkFailed(int group, int? sample)
    {
        if (sample is int one)
        {
            _failed[group][one] = true;
        }
        else
        {
            Array.Fill(_failed[group], true);
        }
    }

    /// <summary>
    /// Leaves out the completions whose total is infinite in float32, although no score is: weights multiply the scores, and several add up.
    /// Likewise those with a total beyond the trainer's limit after the clamping. The failure names the reward that contributes most.
    /// </summary>
    public IEnumerable<RewardFailure> LeaveOutLargeTotals(IReadOnlyList<WeightedReward> rewards, double largest, RewardRange? range)
    {
        for (int group = 0; group < _scores.Length; group++)
        {
            for (int sample = 0; sample < _scores[group].Length; sample++)
            {
                if (TotalOf(group, sample, rewards) is double total
                    && (!float.IsFinite((float)total) || Math.Abs(Clamped(total, range)) > largest))
                {
                    string limit = float.IsFinite((float)total)
                        ? $"beyond ±{largest.ToText("0E+0")}, the most that this trainer can square and add up" : "infinite";
                    MarkFailed(group, sample);
                    double?[] scores = _scores[group][sample];
                    int most = Enumerable.Range(0, scores.Length)
                        .MaxBy(reward => Math.Abs((scores[reward] ?? 0) * rewards[reward].Weight));
                    yield return new RewardFailure(
                        rewards[most].Name, RewardFailureKind.NotFinite,
                        $"its score {scores[most]!.Value.ToText()} times its weight {rewards[most].Weight.ToText()} makes the total of sample "
                        + $"{sample} {total.ToText()}, which is {limit} in float32; use smaller scores or weights.");
                }
            }
        }
    }

    private static double Clamped(double total, RewardRange? range) =>
        range is null ? total : Math.Clamp(total, range.Minimum, range.Maximum);

    public int FailedIn(int group) => _failed[group].Count(failed => failed);

    public IReadOnlyList<CompletionScore> ScoresOf(int group, IReadOnlyList<WeightedReward> rewards) =>
        [.. _scores[group].Select((scores, sample) => new CompletionScore(
            TotalOf(group, sample, rewards), scores))];

    private double? TotalOf(int group, int sample, IReadOnlyList<WeightedReward> rewards)
    {
        double?[] scores = _scores[group][sample];
        return _failed[group][sample] || scores.All(score => score is null)
            ? null
            : scores.Select((score, index) => (score ?? 0) * rewards[index].Weight).Sum();
    }
}
