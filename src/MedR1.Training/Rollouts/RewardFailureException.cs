namespace MedR1.Training;

/// <summary>A reward failed and the options say that this stops the run.</summary>
public sealed class RewardFailureException : Exception
{
    /// <summary>Names the reward.</summary>
    /// <param name="failure">What happened.</param>
    public RewardFailureException(RewardFailure failure)
        : base(Describe(failure), failure.Exception)
    {
        Failure = failure;
    }

    /// <summary>What happened.</summary>
    public RewardFailure Failure { get; }

    private static string Describe(RewardFailure failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return $"Reward '{failure.Reward}' failed: {failure.Message} Mend it, or set StopOnRewardFailure to false to "
            + "leave such completions out of their group's statistics and count them.";
    }
}
