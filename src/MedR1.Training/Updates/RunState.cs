namespace MedR1.Training;

/// <summary>Where a run stands: everything that is neither a weight nor a moment of the optimizer.</summary>
internal sealed class RunState
{
    public long Step { get; set; }

    public long Rollouts { get; set; }

    public long Tokens { get; set; }

    public long SkippedSteps { get; set; }

    public Dictionary<string, long> RewardFailures { get; init; } = [];

    /// <summary>Counts what a rollout took: prompts once a completion, as TRL counts, and failed rewards.</summary>
    public void Take(Rollout rollout)
    {
        for (int group = 0; group < rollout.Groups.Count; group++)
        {
            Tokens += (long)rollout.Prompts[group].TokenIds.Count * rollout.Groups[group].Completions.Count;
        }

        Tokens += rollout.SampledTokenCount;
        foreach (RewardFailure failure in rollout.Failures)
        {
            RewardFailures[failure.Reward] = RewardFailures.GetValueOrDefault(failure.Reward) + 1;
        }
    }
}
