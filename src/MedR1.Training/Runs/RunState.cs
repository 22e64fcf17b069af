using System.Text.Json.Serialization;
using MedR1.Losses;

namespace MedR1.Training;

/// <summary>
/// The progress of a run: everything that is neither a weight nor a moment of the optimizer. A checkpoint stores it unchanged.
/// </summary>
internal sealed class RunState
{
    /// <summary>Optimizer steps made or skipped.</summary>
    [JsonRequired]
    public long Step { get; set; }

    /// <summary>Rollouts whose steps are all made.</summary>
    [JsonRequired]
    public long Rollouts { get; set; }

    /// <summary>Steps made with the current rollout; 0 if the next step samples.</summary>
    [JsonRequired]
    public int StepInRollout { get; set; }

    /// <summary>
    /// The metrics of the current rollout until its first step is counted; otherwise null. A step that is repeated has the same rollout and
    /// is reported with the same metrics.
    /// </summary>
    [JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
    public Dictionary<string, double>? Sampled { get; set; }

    /// <summary>Whether the state belongs to the end of a step, and is not just being updated.</summary>
    [JsonIgnore]
    public bool IsWhole { get; set; } = true;

    /// <summary>Whether the run ends with the current step although it is not the last.</summary>
    [JsonIgnore]
    public bool EndsEarly { get; set; }

    /// <summary>The position in the data after everything that was taken from it.</summary>
    [JsonRequired]
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

    /// <summary>How many values in a row were no new best.</summary>
    public long ValuesSinceBest { get; set; }

    /// <summary>The last step with a value, which counts once, even if the end of the step is repeated.</summary>
    public long? LastValueStep { get; set; }

    /// <summary>The metric that <see cref="BestValue"/> belongs to; null if written by a version that did not record it.</summary>
    public string? BestIsOf { get; set; }

    /// <summary>
    /// Whether an evaluation or a step has reported the metric that chooses the best checkpoint, as a number or NaN.
    /// </summary>
    public bool KnowsBest { get; set; }

    /// <summary>Evaluations that did not report that metric after an earlier one did.</summary>
    public long EvaluationsWithoutBestMetric { get; set; }

    /// <summary>
    /// The latest value of each metric since the last report to the sinks: a rollout's metrics are reported only with its first step.
    /// </summary>
    [JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
    public Dictionary<string, double> Unreported { get; init; } = [];

    /// <summary>The unfinished work at the end of the last step; null if it is complete.</summary>
    [JsonIgnore]
    public EndOfStep? Unfinished { get; set; }

    /// <summary>The same for a checkpoint; also null if writing the checkpoint is the only work left.</summary>
    [JsonInclude]
    private EndOfStep? UnfinishedBeforeSaving
    {
        get => Unfinished is { IsTold: true } ? null : Unfinished;
        init => Unfinished = value;
    }

    /// <summary>The adaptive weight of the entropy bonus; null if there is none.</summary>
    public AdaptiveEntropyState? Entropy { get; set; }

    /// <summary>
    /// Counts the tokens and failures of a rollout: a prompt's tokens once per completion, as in TRL, and failed rewards.
    /// </summary>
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
