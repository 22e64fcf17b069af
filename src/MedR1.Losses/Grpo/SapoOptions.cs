namespace MedR1.Losses;

/// <summary>Temperatures of <see cref="PolicyObjective.Sapo"/>.</summary>
public sealed record SapoOptions
{
    /// <summary>τ if the advantage is above 0.</summary>
    /// <value>The default is 1.</value>
    public double PositiveTemperature { get; init; } = 1.0;

    /// <summary>τ otherwise: higher, so that the gate closes sooner for tokens whose probability is pushed down.</summary>
    /// <value>The default is 1.05.</value>
    public double NegativeTemperature { get; init; } = 1.05;
}
