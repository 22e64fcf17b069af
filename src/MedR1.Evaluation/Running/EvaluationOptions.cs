namespace MedR1.Evaluation;

/// <summary>The options of an evaluation with greedy decoding.</summary>
public sealed record EvaluationOptions
{
    /// <summary>The maximum number of tokens in an answer.</summary>
    /// <value>The default is 256, as in Med-R1's evaluation.</value>
    public int MaxNewTokens { get; init; } = 256;

    /// <summary>
    /// Divides the positive and multiplies the negative logits of tokens that already occurred, including in the prompt; 1 for no
    /// penalty. A checkpoint's <c>generation_config.json</c> may contain one, which the original scripts apply even if they are greedy.
    /// </summary>
    /// <value>The default is 1.</value>
    public double RepetitionPenalty { get; init; } = 1.0;

    /// <summary>The number of questions passed to the sampler in one call.</summary>
    /// <value>The default is 64.</value>
    public int BatchSize { get; init; } = 64;

    /// <summary>The report's name; <see langword="null"/> for the data set's.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public string? Name { get; init; }

    /// <summary>The model and its training, for the report; the data set, prompt and sampling settings are added.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public ReportOrigin? Origin { get; init; }
}
