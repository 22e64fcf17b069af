namespace MedR1.Training;

/// <summary>The exception thrown when a reward failed and the run stops because of it.</summary>
public sealed class RewardFailureException : Exception
{
    /// <summary>Creates the exception for a failed reward.</summary>
    /// <param name="failure">The failure.</param>
    public RewardFailureException(RewardFailure failure)
        : base(Describe(failure), failure.Exception)
    {
        Failure = failure;
    }

    private RewardFailureException(RewardFailure failure, string message)
        : base(message, failure.Exception)
    {
        Failure = failure;
    }

    /// <summary>The failure.</summary>
    public RewardFailure Failure { get; }

    /// <summary>
    /// No completion of the first rollout has a reward, and rewards failed: they are broken, not failing occasionally.
    /// </summary>
    internal static RewardFailureException OfAll(RewardFailure first, int completions, int failed) => new(
        first,
        failed switch
        {
            // Dynamic sampling dropped the groups on which rewards failed.
            0 => $"No completion of the first rollout has a reward, so nothing can be learnt: none applies to the {completions} "
                + "that were kept, and rewards failed on others.",
            _ when failed == completions =>
                $"Rewards failed on all {completions} completions of the first rollout, so nothing can be learnt.",
            _ => $"No completion of the first rollout has a reward, so nothing can be learnt: rewards failed on {failed} of "
                + $"{completions}, and none applies to the other {completions - failed}.",
        }
        + $" The first failure, of '{first.Reward}': {WithStop(first.Message)} Fix the reward"
        + $"{(failed == completions ? "" : ", or add one that applies to every completion")}.");

    private static string WithStop(string message) => message.EndsWith('.') ? message : message + ".";

    private static string Describe(RewardFailure failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return $"Reward '{failure.Reward}' failed: {WithStop(failure.Message)} Fix it, or set StopOnRewardFailure to false to "
            + "leave such completions out of their group's statistics and count them.";
    }
}
