namespace MedR1.Losses;

/// <summary>Which tokens <see cref="PolicyObjective.ClipCovariance"/> leaves out.</summary>
public sealed record ClipCovarianceOptions
{
    /// <summary>The number of tokens that are left out, as a fraction of a micro-batch's active ones; at least one token.</summary>
    /// <value>The default is 2e-4, the paper's.</value>
    public double Fraction { get; init; } = 2e-4;

    /// <summary>Only tokens whose covariance is above this can be left out.</summary>
    /// <value>The default is 1.</value>
    public double Minimum { get; init; } = 1;

    /// <summary>Only tokens whose covariance is below this can be left out.</summary>
    /// <value>The default is 5.</value>
    public double Maximum { get; init; } = 5;
}
