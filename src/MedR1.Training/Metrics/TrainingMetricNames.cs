using MedR1.Losses;

namespace MedR1.Training;

/// <summary>
/// Names of the metrics that trainers report to sinks; docs/metrics.md explains what each one means and which values are healthy. A loss
/// may add more; those of the library's losses are in <see cref="LossMetricNames"/>.
/// </summary>
public static class TrainingMetricNames
{
    private const string EvaluationPrefix = "eval/";
    private const string TimePrefix = "time/";
    private const string RewardFailurePrefix = "reward_failures/";

    /// <summary>The loss that was back-propagated, summed over the step.</summary>
    public const string Loss = "loss";

    /// <summary>The 2-norm of the step's gradient before it was clipped.</summary>
    public const string GradientNorm = "grad_norm";

    /// <summary>The learning rate that the step used.</summary>
    public const string LearningRate = "learning_rate";

    /// <summary>The number of passes over the data so far.</summary>
    public const string Epoch = "epoch";

    /// <summary>Fraction of all steps completed, 0 to 1.</summary>
    public const string Progress = "progress";

    /// <summary>Seconds left at the pace so far.</summary>
    public const string SecondsLeft = TimePrefix + "left";

    /// <summary>Seconds of the whole step.</summary>
    public const string StepSeconds = "step_time";

    /// <summary>Seconds of sampling.</summary>
    public const string SampleSeconds = TimePrefix + "sample";

    /// <summary>Seconds of scoring.</summary>
    public const string RewardSeconds = TimePrefix + "reward";

    /// <summary>Seconds of forward and backward passes and the optimizer.</summary>
    public const string UpdateSeconds = TimePrefix + "update";

    /// <summary>Seconds of evaluation.</summary>
    public const string EvaluationSeconds = TimePrefix + "eval";

    /// <summary>
    /// Evaluations since the start that did not report <see cref="TrainerOptions.BestMetric"/>; reported only with such evaluations.
    /// </summary>
    public const string EvaluationsWithoutBestMetric = "evaluations_without_best_metric";

    /// <summary>Tokens sampled (GRPO, PPO) or trained on (SFT) per second of the step.</summary>
    public const string TokensPerSecond = "tokens_per_second";

    /// <summary>Tokens of prompts and completions since the start.</summary>
    public const string TokenCount = "num_tokens";

    /// <summary>Steps skipped since the start because loss or gradient was not finite.</summary>
    public const string SkippedSteps = "skipped_steps";

    /// <summary>Mean total reward of the completions that have one.</summary>
    public const string Reward = LossMetricNames.Reward;

    /// <summary>
    /// Standard deviation of the total reward over those completions, unbiased unless
    /// <see cref="AdvantageOptions.UsePopulationStandardDeviation"/> is set.
    /// </summary>
    public const string RewardStandardDeviation = LossMetricNames.RewardStandardDeviation;

    /// <summary>Fraction of completions in groups whose rewards are all the same, so that nothing is learnt from them.</summary>
    public const string ZeroStandardDeviationFraction = LossMetricNames.ZeroStandardDeviationFraction;

    /// <summary>Mean number of tokens of a completion.</summary>
    public const string MeanLength = "completions/mean_length";

    /// <summary>Number of tokens of the shortest completion.</summary>
    public const string MinLength = "completions/min_length";

    /// <summary>Number of tokens of the longest completion.</summary>
    public const string MaxLength = "completions/max_length";

    /// <summary>Mean number of tokens of the completions that were not cut off; 0 if all were, like the following two.</summary>
    public const string MeanTerminatedLength = "completions/mean_terminated_length";

    /// <summary>Number of tokens of the shortest completion that was not cut off.</summary>
    public const string MinTerminatedLength = "completions/min_terminated_length";

    /// <summary>Number of tokens of the longest completion that was not cut off.</summary>
    public const string MaxTerminatedLength = "completions/max_terminated_length";

    /// <summary>Fraction of completions that were cut off.</summary>
    public const string TruncatedFraction = "completions/clipped_ratio";

    /// <summary>Fraction of the sampled groups that were used; the others were dropped because their completions all agreed.</summary>
    public const string KeptFraction = "dynamic_sampling/kept_fraction";

    /// <summary>The number of times the sampler was called for the rollout.</summary>
    public const string SamplingRounds = "dynamic_sampling/rounds";

    /// <summary>Prompts skipped while collecting the rollout because they are too long.</summary>
    public const string OverlongPrompts = "prompts/overlong";

    /// <summary>Fraction of the rollout's groups that were replayed.</summary>
    public const string ReplayedFraction = "replay/fraction";

    /// <summary>Mean age of the replayed groups, in rollouts.</summary>
    public const string ReplayAge = "replay/mean_age";

    /// <summary>The policy term with its KL divergence, before the entropy bonus.</summary>
    public const string PolicyLoss = LossMetricNames.PolicyLoss;

    /// <summary>The estimated KL divergence from the reference; only with a KL coefficient.</summary>
    public const string KlDivergence = LossMetricNames.KlDivergence;

    /// <summary>Entropy of the next-token distribution, in nats.</summary>
    public const string Entropy = LossMetricNames.Entropy;

    /// <summary>The weight of an adaptive entropy bonus, whether or not it is currently applied.</summary>
    public const string EntropyCoefficient = LossMetricNames.EntropyCoefficient;

    /// <summary>PPO: half the squared error of the critic, clipped where the loss clips, before its coefficient.</summary>
    public const string ValueLoss = LossMetricNames.ValueLoss;

    /// <summary>PPO: the critic's mean value per token.</summary>
    public const string Values = LossMetricNames.Values;

    /// <summary>PPO: the mean return per token, which the critic should predict.</summary>
    public const string Returns = LossMetricNames.Returns;

    /// <summary>PPO: fraction of tokens for which the critic's clipped error is the larger one.</summary>
    public const string ValueClipRatio = LossMetricNames.ValueClipRatio;

    /// <summary>PPO: the fraction of the returns' variance that the critic predicted before learning from them.</summary>
    public const string ExplainedVariance = "explained_variance";

    /// <summary>PPO: mean difference of a token's log-probability from the reference's, which the rewards penalise.</summary>
    public const string ReferenceDivergence = "reference_kl";

    /// <summary>PPO: the 2-norm of the critic's gradient before it was clipped.</summary>
    public const string CriticGradientNorm = "critic/grad_norm";

    /// <summary>PPO: the critic's learning rate in the step.</summary>
    public const string CriticLearningRate = "critic/learning_rate";

    /// <summary>The mean of one reward over the completions to which it applies.</summary>
    /// <param name="reward">The reward's name.</param>
    public static string RewardMeanOf(string reward) => LossMetricNames.RewardMeanOf(reward);

    /// <summary>The result of an evaluation.</summary>
    /// <param name="measurement">The name of the result.</param>
    public static string Evaluation(string measurement) => EvaluationPrefix + measurement;

    /// <summary>Whether a name is that of an evaluation result.</summary>
    /// <param name="name">The name.</param>
    public static bool IsEvaluation(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.StartsWith(EvaluationPrefix, StringComparison.Ordinal);
    }

    /// <summary>Whether a name is that of a reward's mean.</summary>
    /// <param name="name">The name.</param>
    public static bool IsRewardMean(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return LossMetricNames.IsOfReward(name) && name.EndsWith("/mean", StringComparison.Ordinal);
    }

    /// <summary>The unbiased standard deviation of one reward over the completions to which it applies.</summary>
    /// <param name="reward">The reward's name.</param>
    public static string RewardStandardDeviationOf(string reward) => LossMetricNames.RewardStandardDeviationOf(reward);

    /// <summary>How often one reward failed since the start.</summary>
    /// <param name="reward">The reward's name.</param>
    public static string RewardFailures(string reward) => RewardFailurePrefix + reward;

    /// <summary>Whether every training, or every one that samples, reports this metric regardless of its evaluations.</summary>
    internal static bool IsOfTraining(string name, bool samples) =>
        name is Loss or GradientNorm or LearningRate or Epoch or Progress or TokenCount or SkippedSteps or StepSeconds
            or TokensPerSecond
        || (samples && name is (Reward or RewardStandardDeviation or ZeroStandardDeviationFraction or MeanLength or TruncatedFraction));

    /// <summary>
    /// Whether a step may lack this metric although others have it, because only some evaluations, rewards or rollouts report it.
    /// </summary>
    internal static bool MayBeMissing(string name, bool samples) =>
        name is EvaluationSeconds or EvaluationsWithoutBestMetric
        || (samples && (name is RewardStandardDeviation or ReplayAge or ExplainedVariance || IsOfReward(name)));

    /// <summary>Whether a name belongs to a metric of a single reward.</summary>
    internal static bool IsOfReward(string name) =>
        FailedReward(name) is not null || LossMetricNames.IsOfReward(name);

    /// <summary>Whether a name is that of a time spent on one purpose; <see cref="StepSeconds"/> is not.</summary>
    internal static bool IsTime(string name) => name.StartsWith(TimePrefix, StringComparison.Ordinal);

    /// <summary>The reward whose failures a name counts; null for any other name.</summary>
    internal static string? FailedReward(string name) =>
        name.StartsWith(RewardFailurePrefix, StringComparison.Ordinal) ? name[RewardFailurePrefix.Length..] : null;
}
