namespace MedR1.Evaluation;

/// <summary>How a model is asked several times.</summary>
public sealed record SampledEvaluationOptions
{
    /// <summary>How answers are drawn.</summary>
    /// <value>The default is 8 answers per question at temperature 1, at most 256 tokens, seed 0.</value>
    public SamplingOptions Sampling { get; init; } = new() { SamplesPerPrompt = 8 };

    /// <summary>The number of questions passed to the sampler in one call.</summary>
    /// <value>The default is 16.</value>
    public int BatchSize { get; init; } = 16;

    /// <summary>The report's name; <see langword="null"/> for the data set's.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public string? Name { get; init; }

    /// <summary>What the report says about model and data; the seed and the sampling settings are added.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public ReportOrigin? Origin { get; init; }
}
