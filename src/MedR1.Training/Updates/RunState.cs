using System.Text.Json.Serialization;
using MedR1.Losses;

namespace MedR1.Training;

/// <summary>
/// Where a run stands: everything that is neither a weight nor a moment of the optimizer. A checkpoint holds it as it
/// is.
/// </summary>
internal sealed class RunState
{
    /// <summary>Optimizer steps made or skipped.</summary>
    public long Step { get; set; }

    /// <summary>Samplings that are used up.</summary>
    public long Rollouts { get; set; }

    /// <summary>Steps made of the sampling that is in use; 0 where the next step samples.</summary>
    public int StepInRollout { get; set; }

    /// <summary>
    /// What the sampling in use measured, of which no step is counted yet; null where there is none: a step that is made again
    /// has the same sampling and stands with the same measurements.
    /// </summary>
    [JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
    public Dictionary<string, double>? Sampled { get; set; }

    /// <summary>Whether it is that of a step's end, and not in the middle of being brought up to date.</summary>
    [JsonIgnore]
    public bool IsWhole { get; set; } = true;

    /// <summary>The position in the data behind everything that was taken.</summary>
    public long Position { get; set; }

    public long Tokens { get; set; }

    public long SkippedSteps { get; set; }

    public Dictionary<string, long> RewardFailures { get; init; } = [];

    /// <summary>The first failure of each reward that this process saw.</summary>
    [JsonIgnore]
    public Dictionary<string, string> FirstRewardFailures { get; } = [];

    /// <summary>The best value so far of what chooses the best checkpoint, and its step.</summary>
    public double? BestValue { get; set; }

    public long? BestStep { get; set; }

    /// <summary>What that is a value of; null where a version wrote it that did not say.</summary>
    public string? BestIsOf { get; set; }

    /// <summary>Whether an evaluation or a step gave a value, a number or not, of what chooses the best checkpoint.</summary>
    public bool KnowsBest { get; set; }

    /// <summary>Evaluations that gave none after one did.</summary>
    public long EvaluationsWithoutBest { get; set; }

    /// <summary>
    /// The latest of each measurement since the sinks' last report: what a sampling measured stands with its first step alone.
    /// </summary>
    [JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
    public Dictionary<string, double> Unreported { get; init; } = [];

    /// <summary>What the last step's end has left to do; null where it is done.</summary>
    [JsonIgnore]
    public EndOfStep? Unfinished { get; set; }

    /// <summary>The same for a checkpoint; null also where nothing but the checkpoint was left to do.</summary>
    [JsonInclude]
    private EndOfStep? UnfinishedBeforeSaving
    {
        get => Unfinished is { IsTold: true } ? null : Unfinished;
        init => Unfinished = value;
    }

    /// <summary>The adaptive weight of the entropy bonus; null where there is none.</summary>
    public AdaptiveEntropyState? Entropy { get; set; }

    /// <summary>Counts what a rollout took: prompts once a completion, as TRL counts, and failed rewards.</summary>
    public void Take(Rollout rollout)
    {
        Position = rollout.Counts.NextPosition;
        for (int group = 0; group < rollout.Groups.Count; group++)
        {
            Tokens += (long)rollout.Prompts[group].TokenIds.Count * rollout.Groups[group].Completions.Count;
        }

        Tokens += rollout.SampledTokenCount;
        foreach (RewardFailure failure in rollout.Failures)
        {
            RewardFailures[failure.Reward] = RewardFailures.GetValueOrDefault(failure.Reward) + 1;
            FirstRewardFailures.TryAdd(failure.Reward, failure.Message);
        }
    }
}
