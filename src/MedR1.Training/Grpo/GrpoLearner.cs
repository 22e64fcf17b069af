namespace MedR1.Training;

/// <summary>
/// How GRPO learns from a rollout: with one loss, and with old log-probabilities if a rollout feeds several steps or contains replayed
/// groups.
/// </summary>
internal sealed class GrpoLearner(
    GrpoTrainerOptions options, PolicyUpdate update, ReplayBuffer? replay, ReferenceMixer? mixer) : IRolloutLearner
{
    // The rollout may be a recording of a run with a replay buffer; groups replayed there are just as off-policy here.
    private bool NeedsOldLogProbabilities(Rollout rollout) =>
        rollout.StepCount * options.Iterations > 1 || replay is not null
        || rollout.Members.Any(member => member.OldLogProbabilities is not null);

    public void Prepare(
        Rollout rollout, IReadOnlyList<PlannedStep> plan, Dictionary<string, double> measured, CancellationToken cancellationToken)
    {
        if (rollout.OldLogProbabilities is null && NeedsOldLogProbabilities(rollout))
        {
            update.RecordOldLogProbabilities(rollout, plan, cancellationToken);
            replay?.Keep(rollout);
        }
    }

    public void Measure(Rollout rollout, Dictionary<string, double> measured) =>
        RolloutMetrics.AddChoice(measured, rollout, options);

    public PolicyStepResult Learn(
        Rollout rollout, PlannedStep plan, long step, CancellationToken cancellationToken) =>
        update.Run(rollout, plan, step, cancellationToken);

    public void EndStep(RunState state)
    {
        state.Entropy = update.Entropy?.State;
        mixer?.MixIfDue(state.Step);
    }
}
