namespace MedR1;

/// <summary>Receives measurements: a file, a console, a monitoring service.</summary>
/// <remarks>
/// The trainer makes one call at a time. A sink that throws never stops the training: the failure is reported once. Whoever creates
/// a sink disposes it.
/// </remarks>
public interface IMetricSink
{
    /// <summary>Receives the measurements of a step.</summary>
    /// <param name="metrics">The step and its values.</param>
    /// <param name="cancellationToken">Cancels the writing.</param>
    ValueTask WriteAsync(StepMetrics metrics, CancellationToken cancellationToken = default);
}
