using System.Text.Json.Serialization;
using MedR1.Losses;

namespace MedR1.Training;

/// <summary>
/// Where a run stands: everything that is neither a weight nor a moment of the optimizer. A checkpoint stores it as it is.
/// </summary>
internal sealed class RunState
{
    /// <summary>Optimizer steps made or skipped.</summary>
    public long Step { get; set; }

    /// <summary>Rollouts that have been used up.</summary>
    public long Rollouts { get; set; }

    /// <summary>Steps made with the current rollout; 0 if the next step samples.</summary>
    public int StepInRollout { get; set; }

    /// <summary>
    /// What the current rollout measured, as long as none of its steps is counted; otherwise null. A step that is repeated has the
    /// same rollout and is reported with the same measurements.
    /// </summary>
    [JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
    public Dictionary<string, double>? Sampled { get; set; }

    /// <summary>Whether the state is that of a step's end, and not just being brought up to date.</summary>
    [JsonIgnore]
    public bool IsWhole { get; set; } = true;

    /// <summary>The position in the data after everything that was taken.</summary>
    public long Position { get; set; }

    public long Tokens { get; set; }

    public long SkippedSteps { get; set; }

    public Dictionary<string, long> RewardFailures { get; init; } = [];

    /// <summary>The first failure of each reward in this process.</summary>
    [JsonIgnore]
    public Dictionary<string, string> FirstRewardFailures { get; } = [];

    /// <summary>The best value so far of the metric that chooses the best checkpoint, and its step.</summary>
    public double? BestValue { get; set; }

    public long? BestStep { get; set; }

    /// <summary>The metric that this is a value of; null if written by a version that did not record it.</summary>
    public string? BestIsOf { get; set; }

    /// <summary>
    /// Whether an evaluation or a step has reported the metric that chooses the best checkpoint, as a number or NaN.
    /// </summary>
    public bool KnowsBest { get; set; }

    /// <summary>Evaluations that did not report it after one did.</summary>
    public long EvaluationsWithoutBest { get; set; }

    /// <summary>
    /// The latest value of each measurement since the last report to the sinks: what a rollout measured is reported only with its
    /// first step.
    /// </summary>
    [JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
    public Dictionary<string, double> Unreported { get; init; } = [];

    /// <summary>What remains to be done at the end of the last step; null if it is done.</summary>
    [JsonIgnore]
    public EndOfStep? Unfinished { get; set; }

    /// <summary>The same for a checkpoint; null also if only the checkpoint remained to be done.</summary>
    [JsonInclude]
    private EndOfStep? UnfinishedBeforeSaving
    {
        get => Unfinished is { IsTold: true } ? null : Unfinished;
        init => Unfinished = value;
    }

    /// <summary>The adaptive weight of the entropy bonus; null if there is none.</summary>
    public AdaptiveEntropyState? Entropy { get; set; }

    /// <summary>Counts what a rollout took: prompts once per completion, as in TRL, and failed rewards.</summary>
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
