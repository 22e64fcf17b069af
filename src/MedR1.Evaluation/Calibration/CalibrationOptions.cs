namespace MedR1.Evaluation;

/// <summary>How calibration is measured.</summary>
public sealed record CalibrationOptions
{
    /// <summary>The number of bins that answers are grouped into by confidence.</summary>
    /// <value>The default is 15, as in Guo et al. (arXiv 1706.04599).</value>
    public int Bins { get; init; } = 15;

    /// <summary>
    /// Whether bins have equal numbers of answers instead of equal widths, with which sparsely filled bins make the error noisy.
    /// </summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool EqualCounts { get; init; }
}
