namespace MedR1.Evaluation;

/// <summary>The options of an evaluation with several sampled answers per question.</summary>
public sealed record SampledEvaluationOptions
{
    /// <summary>How answers are sampled.</summary>
    /// <value>The default is 8 answers per question at temperature 1, at most 256 tokens, seed 0.</value>
    public SamplingOptions Sampling { get; init; } = new() { SamplesPerPrompt = 8 };

    /// <summary>The number of questions passed to the sampler in one call.</summary>
    /// <value>The default is 16.</value>
    public int BatchSize { get; init; } = 16;

    /// <summary>The report's name; <see langword="null"/> for the data set's.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public string? Name { get; init; }

    /// <summary>The model and data, for the report; the prompt, seed and sampling settings are added.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public ReportOrigin? Origin { get; init; }
}
