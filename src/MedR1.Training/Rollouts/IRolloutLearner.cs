namespace MedR1.Training;

/// <summary>What a trainer does with a rollout; <see cref="RolloutLoop"/> does the rest.</summary>
internal interface IRolloutLearner
{
    /// <summary>Computes what a rollout's updates need, before the first of them. Does nothing if that exists already.</summary>
    /// <param name="rollout">The rollout.</param>
    /// <param name="plan">Its completions by optimizer step.</param>
    /// <param name="measured">Receives measurements of the rollout.</param>
    void Prepare(Rollout rollout, IReadOnlyList<PlannedStep> plan, Dictionary<string, double> measured);

    /// <summary>Adds the trainer's own measurements of a rollout that has just been collected.</summary>
    void Measure(Rollout rollout, Dictionary<string, double> measured);

    /// <summary>Makes an optimizer step.</summary>
    /// <param name="rollout">The rollout.</param>
    /// <param name="plan">The step's completions by pass.</param>
    /// <param name="step">The step, from 1.</param>
    /// <param name="cancellationToken">Cancels between passes; no parameter has moved then.</param>
    PolicyStepResult Learn(Rollout rollout, PlannedStep plan, long step, CancellationToken cancellationToken);

    /// <summary>Brings the state up to date after a step that it has counted.</summary>
    void EndStep(RunState state);
}
