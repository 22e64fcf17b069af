namespace MedR1.Losses;

/// <summary>Which tokens <see cref="PolicyObjective.KlCovariance"/> penalises, and how much.</summary>
public sealed record KlCovarianceOptions
{
    /// <summary>
    /// The number of tokens that are penalised, those with the largest covariance, as a fraction of a micro-batch's active ones; at least
    /// one token.
    /// </summary>
    /// <value>The default is 2e-3, the paper's for 7 billion weights; for 32 billion, and by default in verl, it is 2e-4.</value>
    public double Fraction { get; init; } = 2e-3;

    /// <summary>β: the weight of the penalty |ℓ − ℓ_old|.</summary>
    /// <value>The default is 1, the paper's; verl has 0.1.</value>
    public double Coefficient { get; init; } = 1;
}
