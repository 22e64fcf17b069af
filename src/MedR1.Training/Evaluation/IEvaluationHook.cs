namespace MedR1.Training;

/// <summary>
/// Measures the policy while it is trained. What it throws stops the run; the same policy must give the same values,
/// else the best checkpoint of a resumed run may be another one. Where <see cref="TrainerOptions.BestMetric"/> is one of its
/// values, the first evaluation of a run gives it, NaN where it is not known yet, or the run ends; a later one that leaves it out
/// keeps the best as it is, and is counted (<see cref="TrainingMetricNames.EvaluationsWithoutBest"/>).
/// </summary>
public interface IEvaluationHook
{
    /// <summary>
    /// Measures the policy as it is now, on the trainer's thread, to which its continuations come back: await what is asynchronous,
    /// for a call that blocks for it would wait for its own thread.
    /// </summary>
    /// <param name="context">Where the run stands.</param>
    /// <param name="cancellationToken">Cancels the evaluation.</param>
    /// <returns>Values by name; each becomes the metric <c>eval/{name}</c>.</returns>
    ValueTask<IReadOnlyDictionary<string, double>> EvaluateAsync(
        EvaluationContext context, CancellationToken cancellationToken = default);
}
