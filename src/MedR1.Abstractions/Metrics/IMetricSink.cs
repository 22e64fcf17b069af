namespace MedR1;

/// <summary>Takes measurements: a file, a console, a monitoring service.</summary>
/// <remarks>
/// Calls come one after another from the trainer. A sink that throws never stops the training: the failure is reported once.
/// Who makes a sink disposes it.
/// </remarks>
public interface IMetricSink
{
    /// <summary>Takes the measurements of a step.</summary>
    /// <param name="metrics">The step and its values.</param>
    /// <param name="cancellationToken">Cancels the writing.</param>
    ValueTask WriteAsync(StepMetrics metrics, CancellationToken cancellationToken = default);
}
