namespace MedR1.Training;

/// <summary>
/// The metrics of a run from its first step on, including those reported before an interruption, for sinks that show the run as a whole.
/// </summary>
/// <remarks>Not thread-safe; a trainer makes one call at a time.</remarks>
public sealed class StepHistory
{
    private readonly List<StepMetrics> _steps = [];
    private IReadOnlyList<StepMetrics> _earlier;

    /// <summary>Reads the metrics reported before this process.</summary>
    /// <param name="metricsFile">The file of the run's <see cref="JsonLinesSink"/>, if there is one yet; null to begin here.</param>
    /// <exception cref="InvalidDataException">The file contains something other than metrics.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public StepHistory(string? metricsFile = null) =>
        _earlier = metricsFile is not null && File.Exists(metricsFile) ? JsonLinesSink.Read(metricsFile) : [];

    /// <summary>All steps, in order.</summary>
    public IReadOnlyList<StepMetrics> Steps => Added == 0 ? _earlier : _steps;

    /// <summary>The number of steps added in this process.</summary>
    public int Added { get; private set; }

    /// <summary>
    /// Discards earlier steps that don't belong to this run: all of them if the run is new, otherwise those after the checkpoint that it
    /// resumes from, which are reported again.
    /// </summary>
    /// <param name="stepsBefore">The number of optimizer steps that the run has made before: 0, or those of the checkpoint.</param>
    public void Begin(long stepsBefore)
    {
        _earlier = [.. _earlier.Where(IsOfRun)];
        _steps.RemoveAll(step => !IsOfRun(step));

        bool IsOfRun(StepMetrics step) => stepsBefore > 0 && step.Step <= stepsBefore;
    }

    /// <summary>Adds the next step.</summary>
    /// <param name="metrics">The metrics of the step.</param>
    public void Add(StepMetrics metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);

        // For callers that don't use Begin: a run that starts with step 1 does not continue the one that left the file.
        if (metrics.Step > 1)
        {
            _steps.AddRange(_earlier.Where(step => step.Step < metrics.Step));
        }

        _earlier = [];
        _steps.Add(metrics);
        Added++;
    }
}
