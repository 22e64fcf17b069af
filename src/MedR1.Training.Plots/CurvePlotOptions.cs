namespace MedR1.Training.Plots;

/// <summary>How curves are drawn.</summary>
public sealed record CurvePlotOptions
{
    /// <summary>The metrics to draw, one panel each, in order; metrics that a run doesn't have are left out.</summary>
    /// <value>
    /// The default is <see langword="null"/>: reward, each reward's mean, loss, completion length, KL, entropy and gradient norm, if the
    /// run has them.
    /// </value>
    public IReadOnlyList<string>? Metrics { get; init; }

    /// <summary>The number of steps that the thick line averages over; the thin line shows the raw values.</summary>
    /// <value>The default is <see langword="null"/>: a twentieth of the steps, at least 1.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int? SmoothingWindow { get; init => field = value is int window ? AtLeastOne(window) : null; }

    /// <summary>The text above the panels.</summary>
    /// <value>The default is empty.</value>
    public string Title { get; init; } = "";

    /// <summary>Width of a panel in pixels.</summary>
    /// <value>The default is 640.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int PanelWidth { get; init => field = AtLeastOne(value); } = 640;

    /// <summary>Height of a panel in pixels.</summary>
    /// <value>The default is 360.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int PanelHeight { get; init => field = AtLeastOne(value); } = 360;

    /// <summary>The number of panels in a row.</summary>
    /// <value>The default is 2.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int Columns { get; init => field = AtLeastOne(value); } = 2;

    private static int AtLeastOne(int value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
        return value;
    }
}
