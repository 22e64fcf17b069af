namespace MedR1.Losses;

/// <summary>Importance correction for a sampler whose probabilities differ from the trainer's.</summary>
public sealed record SamplerCorrectionOptions
{
    /// <summary>What the ratio is taken over, and how it is bounded.</summary>
    /// <value>The default is <see cref="SamplerCorrectionMode.TokenTruncate"/>.</value>
    public SamplerCorrectionMode Mode { get; init; } = SamplerCorrectionMode.TokenTruncate;

    /// <summary>The largest ratio.</summary>
    /// <value>The default is 3; <see langword="null"/> for no upper bound.</value>
    public double? MaxRatio { get; init; } = 3.0;

    /// <summary>The smallest ratio.</summary>
    /// <value>The default is <see langword="null"/>: no lower bound.</value>
    public double? MinRatio { get; init; }
}
