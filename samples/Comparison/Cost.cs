namespace MedR1.Samples.Comparison;

/// <summary>What a training took. Times of a step are medians, which a pause of the machine does not move.</summary>
internal sealed record Cost
{
    public required double TrainingSeconds { get; init; }

    public required double StepSeconds { get; init; }

    /// <summary>Seconds of a step that were spent on sampling; 0 where nothing is sampled.</summary>
    public required double SampleSeconds { get; init; }

    /// <summary>The most memory that the process held until the last step, the runtime and the data included.</summary>
    public required long PeakMemoryBytes { get; init; }

    /// <summary>Weights that learn: the policy's, and the critic's where there is one.</summary>
    public required long LearningWeights { get; init; }

    /// <summary>What the optimizer keeps: two moments of float32 for each of them.</summary>
    public long OptimizerBytes => 2 * sizeof(float) * LearningWeights;

    /// <summary>How much of the returns the critic foresaw at the end; null without a critic.</summary>
    public double? ExplainedVariance { get; init; }
}
