namespace MedR1.Losses;

/// <summary>How measurements of several micro-batches are combined.</summary>
public enum LossMetricKind
{
    /// <summary>Weighted mean: sums and weights are added up, then divided.</summary>
    Mean,

    /// <summary>The sum of the parts.</summary>
    Sum,

    /// <summary>The smallest value.</summary>
    Minimum,

    /// <summary>The largest value.</summary>
    Maximum,
}
