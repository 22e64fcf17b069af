namespace MedR1.Training;

/// <summary>
/// Passes metrics on to all sinks. A sink that throws stops neither the run nor the others; its first failure is kept. Only the
/// cancellation of the run itself is rethrown.
/// </summary>
internal sealed class MetricDispatcher(IReadOnlyList<IMetricSink> sinks)
{
    private readonly Dictionary<IMetricSink, string> _failures = new(ReferenceEqualityComparer.Instance);

    public IReadOnlyList<string> Failures => [.. _failures.Values];

    /// <summary>Tells each <see cref="IHistorySink"/> at which step the run begins.</summary>
    public void Begin(long stepsBefore)
    {
        foreach (IHistorySink sink in sinks.OfType<IHistorySink>())
        {
            try
            {
                UserCode.Call(
                    () =>
                    {
                        sink.Begin(stepsBefore);
                        return true;
                    },
                    $"The sink {sink.GetType().Name}");
            }
            catch (Exception exception)
            {
                Keep(sink, stepsBefore, exception);
            }
        }
    }

    public async ValueTask WriteAsync(StepMetrics metrics, CancellationToken cancellationToken)
    {
        foreach (IMetricSink sink in sinks)
        {
            try
            {
                await UserCode.Call(
                    () => sink.WriteAsync(metrics, cancellationToken), $"The sink {sink.GetType().Name}").ConfigureAwait(false);
            }
            catch (Exception exception)
                when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                Keep(sink, metrics.Step, exception);
            }
        }
    }

    private void Keep(IMetricSink sink, long step, Exception exception) => _failures.TryAdd(
        sink, $"{sink.GetType().Name} at step {step}: {ForeignExceptions.Describe(exception)}");
}
