namespace MedR1.Training;

/// <summary>
/// How PPO learns from a rollout: targets once, then the policy's half and the critic's half of each optimizer step. Each half is skipped
/// separately if it is not finite.
/// </summary>
internal sealed class PpoLearner(PolicyUpdate policy, CriticUpdate critic, TargetMaker targets) : IRolloutLearner
{
    // The policy's half of a step whose critic's half failed: the policy is already updated, so that a run that continues must not update
    // it again.
    private (long Step, PolicyStepResult Result)? _half;

    public void Prepare(
        Rollout rollout, IReadOnlyList<PlannedStep> plan, Dictionary<string, double> measured, CancellationToken cancellationToken)
    {
        if (rollout.TokenAdvantages is null)
        {
            targets.Fill(rollout, plan, measured, cancellationToken);
        }
    }

    // PPO compares nothing within a group, so equal rewards in a group don't matter.
    public void Measure(Rollout rollout, Dictionary<string, double> measured) =>
        measured.Remove(TrainingMetricNames.ZeroStandardDeviationFraction);

    public PolicyStepResult Learn(
        Rollout rollout, PlannedStep plan, long step, CancellationToken cancellationToken)
    {
        PolicyStepResult ofPolicy = _half is { } half && half.Step == step
            ? half.Result : policy.Run(rollout, plan, step, cancellationToken);
        _half = (step, ofPolicy);

        // Not cancelled in between: the policy is already updated, and the critic's update belongs to the same step.
        PolicyStepResult ofCritic = critic.Run(rollout, plan, step);
        _half = null;
        Dictionary<string, double> measured = new(ofPolicy.LossMetrics)
        {
            [TrainingMetricNames.CriticGradientNorm] = ofCritic.GradientNorm,
            [TrainingMetricNames.CriticLearningRate] = ofCritic.LearningRate,
        };
        foreach ((string name, double value) in ofCritic.LossMetrics)
        {
            measured[name] = value;
        }

        return ofPolicy with { IsSkipped = ofPolicy.IsSkipped || ofCritic.IsSkipped, LossMetrics = measured };
    }

    public void EndStep(RunState state) => state.Entropy = policy.Entropy?.State;
}
