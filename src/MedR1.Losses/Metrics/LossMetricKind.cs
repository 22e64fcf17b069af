namespace MedR1.Losses;

/// <summary>How measurements of several micro-batches become one.</summary>
public enum LossMetricKind
{
    /// <summary>Weighted mean: sums are added, weights are added, then divided.</summary>
    Mean,

    /// <summary>The sum of the parts.</summary>
    Sum,

    /// <summary>The smallest.</summary>
    Minimum,

    /// <summary>The largest.</summary>
    Maximum,
}
