namespace MedR1.Training;

/// <summary>
/// The measurements of a run from its first step on, also those made before it was interrupted: for sinks that show the run as a whole.
/// </summary>
/// <remarks>Not thread-safe; a trainer makes one call at a time.</remarks>
public sealed class StepHistory
{
    private readonly List<StepMetrics> _steps = [];
    private IReadOnlyList<StepMetrics> _earlier;

    /// <summary>Reads what was measured before this process.</summary>
    /// <param name="metricsFile">The file of the run's <see cref="JsonLinesSink"/>, if there is one yet; null to begin here.</param>
    /// <exception cref="InvalidDataException">The file holds something else than metrics.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public StepHistory(string? metricsFile = null) =>
        _earlier = metricsFile is not null && File.Exists(metricsFile) ? JsonLinesSink.Read(metricsFile) : [];

    /// <summary>All of them, in order.</summary>
    public IReadOnlyList<StepMetrics> Steps => Added == 0 ? _earlier : _steps;

    /// <summary>How many were added in this process.</summary>
    public int Added { get; private set; }

    /// <summary>
    /// Leaves out what was measured before and isn't this run's: all of it if the run is fresh, otherwise what was measured after the
    /// checkpoint that it goes on from, which is measured again.
    /// </summary>
    /// <param name="stepsBefore">Optimizer steps that the run has made before: 0, or those of the checkpoint.</param>
    public void Begin(long stepsBefore)
    {
        _earlier = [.. _earlier.Where(IsOfRun)];
        _steps.RemoveAll(step => !IsOfRun(step));

        bool IsOfRun(StepMetrics step) => stepsBefore > 0 && step.Step <= stepsBefore;
    }

    /// <summary>Adds the next one.</summary>
    /// <param name="metrics">A step's measurements.</param>
    public void Add(StepMetrics metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);

        // For who is not told where the run begins: one that begins with its first step does not go on with the one that left the
        // file.
        if (metrics.Step > 1)
        {
            _steps.AddRange(_earlier.Where(step => step.Step < metrics.Step));
        }

        _earlier = [];
        _steps.Add(metrics);
        Added++;
    }
}
