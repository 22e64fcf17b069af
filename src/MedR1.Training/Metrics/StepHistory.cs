namespace MedR1.Training;

/// <summary>The measurements of a run from its first step on, also those made before it was interrupted.</summary>
internal sealed class StepHistory
{
    private readonly List<StepMetrics> _steps = [];
    private IReadOnlyList<StepMetrics> _earlier;

    /// <summary>Reads what was measured before this process.</summary>
    /// <param name="metricsFile">The file of the run's <see cref="JsonLinesSink"/>, if there is one yet; null to begin here.</param>
    /// <exception cref="InvalidDataException">The file holds something else than metrics.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public StepHistory(string? metricsFile) =>
        _earlier = metricsFile is not null && File.Exists(metricsFile) ? JsonLinesSink.Read(metricsFile) : [];

    /// <summary>All of them, in order.</summary>
    public IReadOnlyList<StepMetrics> Steps => Added == 0 ? _earlier : _steps;

    /// <summary>How many were added in this process.</summary>
    public int Added { get; private set; }

    /// <summary>Leaves out what was measured before: it is another run's.</summary>
    public void BeginAnew() => _earlier = [];

    /// <summary>Adds the next one.</summary>
    public void Add(StepMetrics metrics)
    {
        // A run that begins with its first step does not go on with the one that left the file; and what was measured after the
        // checkpoint that a run goes on from is measured again.
        if (metrics.Step > 1)
        {
            _steps.AddRange(_earlier.Where(step => step.Step < metrics.Step));
        }

        _earlier = [];
        _steps.Add(metrics);
        Added++;
    }
}
