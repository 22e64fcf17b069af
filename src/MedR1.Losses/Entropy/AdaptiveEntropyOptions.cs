namespace MedR1.Losses;

/// <summary>
/// How the coefficient of an adaptive entropy bonus changes (Skywork-OR1, arXiv 2505.22312, section 3.2; TRL's defaults).
/// </summary>
public sealed record AdaptiveEntropyOptions
{
    /// <summary>The initial coefficient; outside the bounds, it moves back towards them step by step.</summary>
    /// <value>The default is 0.</value>
    public double InitialCoefficient { get; init; }

    /// <summary>The entropy in nats at or below which the bonus is applied and grows.</summary>
    /// <value>The default is 0.2.</value>
    public double Target { get; init; } = 0.2;

    /// <summary>How far the coefficient moves at each optimizer step.</summary>
    /// <value>The default is 0.005.</value>
    public double Step { get; init; } = 0.005;

    /// <summary>The lower bound of the coefficient.</summary>
    /// <value>The default is 0.</value>
    public double Minimum { get; init; }

    /// <summary>The upper bound of the coefficient.</summary>
    /// <value>The default is 1.</value>
    public double Maximum { get; init; } = 1.0;

    /// <summary>A description of every mistake in these options; empty if there is none.</summary>
    public IReadOnlyList<string> Validate()
    {
        List<string> problems = [];
        foreach ((string name, double value) in new[]
        {
            (nameof(InitialCoefficient), InitialCoefficient), (nameof(Target), Target), (nameof(Step), Step),
            (nameof(Minimum), Minimum), (nameof(Maximum), Maximum),
        })
        {
            if (!double.IsFinite(value))
            {
                problems.Add($"{name} is {value.ToText()}, expected a finite number.");
            }
        }

        if (Step < 0)
        {
            problems.Add($"Step is {Step.ToText()}, expected at least 0.");
        }

        if (Minimum > Maximum)
        {
            problems.Add($"Minimum is {Minimum.ToText()}, above Maximum {Maximum.ToText()}: swap them.");
        }

        return problems;
    }
}
