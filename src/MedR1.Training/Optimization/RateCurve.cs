namespace MedR1.Training;

/// <summary>The curve of a rise or a fall in <see cref="LearningRateSchedule.WarmupStableDecay"/>.</summary>
public enum RateCurve
{
    /// <summary>A straight line.</summary>
    Linear,

    /// <summary>Half a cosine: slow at both ends.</summary>
    Cosine,

    /// <summary>
    /// One minus a square root, transformers' <c>1-sqrt</c>: a rise that starts slowly, or a fall that starts fast.
    /// </summary>
    OneMinusSquareRoot,
}
