namespace MedR1.Samples.Comparison;

/// <summary>The cost of a training. Times of a step are medians, which a pause of the machine does not affect.</summary>
internal sealed record Cost
{
    public required double TrainingSeconds { get; init; }

    public required double StepSeconds { get; init; }

    /// <summary>Seconds per step spent on sampling; 0 if nothing is sampled.</summary>
    public required double SampleSeconds { get; init; }

    /// <summary>The peak memory of the process up to the last step, including the runtime and the data.</summary>
    public required long PeakMemoryBytes { get; init; }

    /// <summary>The number of trained weights: the policy's, and the critic's if there is one.</summary>
    public required long LearningWeights { get; init; }

    /// <summary>The memory of the optimizer's state: two float32 moments per weight.</summary>
    public long OptimizerBytes => 2 * sizeof(float) * LearningWeights;

    /// <summary>The fraction of the returns' variance that the critic predicted at the end; null without a critic.</summary>
    public double? ExplainedVariance { get; init; }
}
