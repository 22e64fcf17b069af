namespace MedR1.Losses;

/// <summary>Shape of the weight of <see cref="PolicyObjective.Vespo"/>: φ(w) = exp(λ + k·log w − λ·w).</summary>
public sealed record VespoOptions
{
    /// <summary>k if the advantage is 0 or above.</summary>
    /// <value>The default is 2.</value>
    public double PositivePower { get; init; } = 2.0;

    /// <summary>λ if the advantage is 0 or above; below 1e-4 it counts as 1e-4.</summary>
    /// <value>The default is 3.</value>
    public double PositiveDecay { get; init; } = 3.0;

    /// <summary>k if the advantage is below 0.</summary>
    /// <value>The default is 3.</value>
    public double NegativePower { get; init; } = 3.0;

    /// <summary>λ if the advantage is below 0; below 1e-4 it counts as 1e-4.</summary>
    /// <value>The default is 2.</value>
    public double NegativeDecay { get; init; } = 2.0;
}
