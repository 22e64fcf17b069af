namespace MedR1.Training;

/// <summary>The measurements of a run from its first step on, also those made before it was interrupted.</summary>
internal sealed class StepHistory
{
    private readonly List<StepMetrics> _steps = [];
    private IReadOnlyList<StepMetrics> _earlier;

    /// <summary>Reads what was measured before this process.</summary>
    /// <param name="metricsFile">The file of the run's <see cref="JsonLinesSink"/>, if there is one yet; null to begin here.</param>
    /// <exception cref="InvalidDataException">The file holds something else than metrics.</exception>
    public StepHistory(string? metricsFile) =>
        _earlier = metricsFile is not null && File.Exists(metricsFile) ? JsonLinesSink.Read(metricsFile) : [];

    /// <summary>All of them, in order.</summary>
    public IReadOnlyList<StepMetrics> Steps => _steps;

    /// <summary>How many were added in this process.</summary>
    public int Added { get; private set; }

    /// <summary>Adds the next one.</summary>
    public void Add(StepMetrics metrics)
    {
        // What was measured after the checkpoint that the run goes on from is measured again.
        _steps.AddRange(_earlier.Where(step => step.Step < metrics.Step));
        _earlier = [];
        _steps.Add(metrics);
        Added++;
    }
}
