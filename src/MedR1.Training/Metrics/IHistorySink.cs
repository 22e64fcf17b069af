namespace MedR1.Training;

/// <summary>
/// A sink that shows a run from its first step on. Which steps of an earlier process belong to the run is known from where it begins:
/// not from its first report, which may come many steps later.
/// </summary>
/// <remarks>Called and disposed like any <see cref="IMetricSink"/>; <see cref="StepHistory"/> keeps what it shows.</remarks>
public interface IHistorySink : IMetricSink
{
    /// <summary>A run starts or goes on; called before its first report.</summary>
    /// <param name="stepsBefore">Optimizer steps made before: 0, or those of the checkpoint.</param>
    void Begin(long stepsBefore);
}
