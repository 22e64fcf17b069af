namespace MedR1.Training;

/// <summary>The curve of a warm-up or a decay in <see cref="LearningRateSchedule.WarmupStableDecay"/>.</summary>
public enum RateCurve
{
    /// <summary>A straight line.</summary>
    Linear,

    /// <summary>Half a cosine: slow at both ends.</summary>
    Cosine,

    /// <summary>
    /// One minus a square root, transformers' <c>1-sqrt</c>: a warm-up that starts slowly, or a decay that starts fast.
    /// </summary>
    OneMinusSquareRoot,
}
