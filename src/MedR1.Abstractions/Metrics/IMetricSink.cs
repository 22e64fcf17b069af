namespace MedR1;

/// <summary>Receives metrics, for example to write them to a file, a console or a monitoring service.</summary>
/// <remarks>
/// The trainer makes one call at a time. A sink that throws never stops the training: the failure is reported once. The creator of
/// a sink disposes it.
/// </remarks>
public interface IMetricSink
{
    /// <summary>Writes the metrics of a step.</summary>
    /// <param name="metrics">The step and its values.</param>
    /// <param name="cancellationToken">Cancels the writing.</param>
    ValueTask WriteAsync(StepMetrics metrics, CancellationToken cancellationToken = default);
}
