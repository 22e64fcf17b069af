namespace MedR1.Evaluation;

/// <summary>How calibration is measured.</summary>
public sealed record CalibrationOptions
{
    /// <summary>How many bins answers are put into by their confidence.</summary>
    /// <value>The default is 15, as in Guo et al. (arXiv 1706.04599).</value>
    public int Bins { get; init; } = 15;

    /// <summary>
    /// Whether each bin holds equally many answers, instead of an equally wide range of confidences: wide bins with few
    /// answers make the error of equally wide ones noisy.
    /// </summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool EqualCounts { get; init; }
}
