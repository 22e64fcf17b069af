namespace MedR1.Training;

/// <summary>
/// Measures the policy while it is trained. What it throws stops the run; the same policy must give the same values,
/// else the best checkpoint of a resumed run may be another one.
/// </summary>
public interface IEvaluationHook
{
    /// <summary>Measures the policy as it is now, on the trainer's thread.</summary>
    /// <param name="context">Where the run stands.</param>
    /// <param name="cancellationToken">Cancels the evaluation.</param>
    /// <returns>Values by name; each becomes the metric <c>eval/{name}</c>.</returns>
    ValueTask<IReadOnlyDictionary<string, double>> EvaluateAsync(
        EvaluationContext context, CancellationToken cancellationToken = default);
}
