namespace MedR1.Training;

/// <summary>The part of a rollout trainer that learns; <see cref="RolloutLoop"/> does the rest.</summary>
internal interface IRolloutLearner
{
    /// <summary>Computes what the rollout's updates need, before the first of them; does nothing if that was computed before.</summary>
    /// <param name="rollout">The rollout.</param>
    /// <param name="plan">The rollout's completions by optimizer step.</param>
    /// <param name="measured">Receives metrics of the rollout.</param>
    /// <param name="cancellationToken">Cancels between passes; the next call then begins anew.</param>
    void Prepare(
        Rollout rollout, IReadOnlyList<PlannedStep> plan, Dictionary<string, double> measured, CancellationToken cancellationToken);

    /// <summary>Adds the trainer's own metrics of a rollout that has just been collected.</summary>
    void Measure(Rollout rollout, Dictionary<string, double> measured);

    /// <summary>Makes an optimizer step.</summary>
    /// <param name="rollout">The rollout.</param>
    /// <param name="plan">The step's completions by pass.</param>
    /// <param name="step">The step, from 1.</param>
    /// <param name="cancellationToken">Cancels between passes, before any parameter is updated.</param>
    PolicyStepResult Learn(Rollout rollout, PlannedStep plan, long step, CancellationToken cancellationToken);

    /// <summary>Updates the state after a step that it has counted.</summary>
    void EndStep(RunState state);
}
