namespace MedR1.Training;

/// <summary>
/// A sink that shows a run from its first step on. It learns from <see cref="Begin"/>, and not only from the first report, which may come
/// many steps later, which steps of an earlier process belong to the run.
/// </summary>
/// <remarks>Called and disposed like any <see cref="IMetricSink"/>; <see cref="StepHistory"/> stores the steps to show.</remarks>
public interface IHistorySink : IMetricSink
{
    /// <summary>Called when a run starts or resumes, before its first report.</summary>
    /// <param name="stepsBefore">The number of optimizer steps made before: 0, or those of the checkpoint.</param>
    void Begin(long stepsBefore);
}
