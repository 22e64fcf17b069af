namespace MedR1.Losses;

/// <summary>
/// Names of the metrics of losses and advantages, which are TRL's where TRL has the same metric. docs/metrics.md describes healthy
/// values; docs/algorithms/grpo.md lists the metrics of special losses.
/// </summary>
public static class LossMetricNames
{
    private const string RewardPrefix = "rewards/";

    /// <summary>The policy term with its KL divergence, before the entropy bonus.</summary>
    public const string PolicyLoss = "policy_loss";

    /// <summary>The estimated KL divergence from the reference; only with a KL coefficient.</summary>
    public const string KlDivergence = "kl";

    /// <summary>Entropy of the next-token distribution, in nats.</summary>
    public const string Entropy = "entropy";

    /// <summary>
    /// The weight of the entropy bonus. Losses report the weight in use; for an adaptive bonus, the training loop reports the
    /// controller's current coefficient, even while it is not applied.
    /// </summary>
    public const string EntropyCoefficient = "entropy_coef";

    /// <summary>Fraction of tokens clipped at the lower bound.</summary>
    public const string LowClipRatio = "clip_ratio/low_mean";

    /// <summary>The smallest fraction of a completion's tokens that are clipped at the lower bound.</summary>
    public const string MinLowClipRatio = "clip_ratio/low_min";

    /// <summary>Fraction of tokens clipped at the upper bound.</summary>
    public const string HighClipRatio = "clip_ratio/high_mean";

    /// <summary>The largest fraction of a completion's tokens that are clipped at the upper bound.</summary>
    public const string MaxHighClipRatio = "clip_ratio/high_max";

    /// <summary>Fraction of tokens clipped at either bound.</summary>
    public const string ClipRatio = "clip_ratio/region_mean";

    /// <summary>CISPO: fraction of ratios outside the bounds; with an absolute cap, only where the advantage is positive.</summary>
    public const string CispoClipRatio = "cispo_clip_ratio";

    /// <summary>VESPO: the mean weight of the completions.</summary>
    public const string VespoWeight = "vespo/phi_seq_mean";

    /// <summary>Clip-Cov, KL-Cov: fraction of tokens chosen by their covariance of advantage and log-probability.</summary>
    public const string CovarianceFraction = "covariance/chosen_ratio";

    /// <summary>Mean absolute difference of a token's log-probability from the sampler's.</summary>
    public const string SamplerLogProbabilityDifference = "sampling/sampling_logp_difference/mean";

    /// <summary>The largest such difference.</summary>
    public const string MaxSamplerLogProbabilityDifference = "sampling/sampling_logp_difference/max";

    /// <summary>Mean ratio to the sampler's probability, after its bounds.</summary>
    public const string SamplerRatio = "sampling/importance_sampling_ratio/mean";

    /// <summary>The smallest such ratio.</summary>
    public const string MinSamplerRatio = "sampling/importance_sampling_ratio/min";

    /// <summary>The largest such ratio.</summary>
    public const string MaxSamplerRatio = "sampling/importance_sampling_ratio/max";

    /// <summary>PPO: half the squared error of the critic, clipped as in the loss, before its coefficient.</summary>
    public const string ValueLoss = "value_loss";

    /// <summary>PPO: the mean value that the critic predicts for a token.</summary>
    public const string Values = "values";

    /// <summary>PPO: the mean return of a token, which the critic should predict.</summary>
    public const string Returns = "returns";

    /// <summary>PPO: fraction of tokens for which the critic's clipped error is the larger one.</summary>
    public const string ValueClipRatio = "value_clip_ratio";

    /// <summary>Mean total reward of the completions that have one.</summary>
    public const string Reward = "reward";

    /// <summary>
    /// Standard deviation of the total reward over those completions, unbiased unless
    /// <see cref="AdvantageOptions.UsePopulationStandardDeviation"/> is set.
    /// </summary>
    public const string RewardStandardDeviation = "reward_std";

    /// <summary>Fraction of completions in groups whose rewards are all the same, which contribute no gradient.</summary>
    public const string ZeroStandardDeviationFraction = "frac_reward_zero_std";

    /// <summary>The mean of one reward over the completions to which it applies.</summary>
    /// <param name="reward">The reward's name.</param>
    public static string RewardMeanOf(string reward) => OfReward(reward, "mean");

    /// <summary>The unbiased standard deviation of one reward over the completions to which it applies.</summary>
    /// <param name="reward">The reward's name.</param>
    public static string RewardStandardDeviationOf(string reward) => OfReward(reward, "std");

    /// <summary>Whether a metric is the mean or standard deviation of one reward.</summary>
    /// <param name="name">The name.</param>
    public static bool IsOfReward(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.StartsWith(RewardPrefix, StringComparison.Ordinal);
    }

    private static string OfReward(string reward, string figure)
    {
        ArgumentNullException.ThrowIfNull(reward);
        return $"{RewardPrefix}{reward}/{figure}";
    }
}
