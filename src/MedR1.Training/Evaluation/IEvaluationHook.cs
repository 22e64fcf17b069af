namespace MedR1.Training;

/// <summary>
/// Measures the policy while it is trained. An exception stops the run. The same policy must give the same values, otherwise a resumed run
/// may choose a different best checkpoint. If <see cref="TrainerOptions.BestMetric"/> is one of the hook's values, the first evaluation of
/// a run must report it, as NaN if it is not known yet, or the run fails; a later evaluation that omits it leaves the best checkpoint as it
/// is, and is counted (<see cref="TrainingMetricNames.EvaluationsWithoutBestMetric"/>).
/// </summary>
public interface IEvaluationHook
{
    /// <summary>
    /// Measures the policy in its current state, on the trainer's thread, where continuations run too.
    /// </summary>
    /// <param name="context">The progress of the run.</param>
    /// <param name="cancellationToken">Cancels the evaluation.</param>
    /// <returns>Values by name; each becomes the metric <c>eval/{name}</c>.</returns>
    ValueTask<IReadOnlyDictionary<string, double>> EvaluateAsync(
        EvaluationContext context, CancellationToken cancellationToken = default);
}
