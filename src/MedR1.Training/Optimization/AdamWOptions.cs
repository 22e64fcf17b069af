namespace MedR1.Training;

/// <summary>Options of <see cref="AdamWOptimizer"/> shared by all parameters; the defaults are PyTorch's.</summary>
public sealed record AdamWOptions
{
    /// <summary>Decay of the running mean of the gradients.</summary>
    /// <value>The default is 0.9.</value>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the running mean of the squared gradients.</summary>
    /// <value>The default is 0.999.</value>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the square root of the second moment.</summary>
    /// <value>The default is 1e-8.</value>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>
    /// Whether a fused kernel performs the step. Plain tensor operators, about ten times slower, serve for comparison and for devices that
    /// the kernel does not support.
    /// </summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool Fused { get; init; } = true;

    /// <summary>Describes every mistake in these options; empty if there is none.</summary>
    public IReadOnlyList<string> Validate()
    {
        List<string> problems = [];
        if (!(Beta1 is >= 0 and < 1))
        {
            problems.Add($"Beta1 is {Beta1.ToText()}, expected at least 0 and below 1.");
        }

        if (!(Beta2 is >= 0 and < 1))
        {
            problems.Add($"Beta2 is {Beta2.ToText()}, expected at least 0 and below 1.");
        }

        if (!(Epsilon >= 0 && double.IsFinite(Epsilon)))
        {
            problems.Add($"Epsilon is {Epsilon.ToText()}, expected a finite number of at least 0.");
        }

        return problems;
    }
}
