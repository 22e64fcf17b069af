namespace MedR1.Training;

/// <summary>
/// How the learning rate develops after its warm-up. <see cref="LearningRateDecayOptions"/> has the parameters of those that take any.
/// </summary>
public enum LearningRateDecay
{
    /// <summary>Stays constant: <see cref="LearningRateSchedule.ConstantWithWarmup"/>.</summary>
    Constant,

    /// <summary>Falls linearly to 0 at the end: <see cref="LearningRateSchedule.Linear"/>.</summary>
    Linear,

    /// <summary>Follows half a cosine down to 0 at the end: <see cref="LearningRateSchedule.Cosine"/>.</summary>
    Cosine,

    /// <summary>Half cosines, each from the full rate: <see cref="LearningRateSchedule.CosineWithRestarts"/>.</summary>
    CosineWithRestarts,

    /// <summary>Cosine waves down to a fraction of the full rate: <see cref="LearningRateSchedule.CosineWithMinLearningRate"/>.</summary>
    CosineWithMinLearningRate,

    /// <summary>The same without a step at rate 0: <see cref="LearningRateSchedule.CosineWarmupWithMinLearningRate"/>.</summary>
    CosineWarmupWithMinLearningRate,

    /// <summary>A power of the steps left: <see cref="LearningRateSchedule.Polynomial"/>.</summary>
    Polynomial,

    /// <summary>One over the root of the steps, without an end: <see cref="LearningRateSchedule.InverseSquareRoot"/>.</summary>
    InverseSquareRoot,

    /// <summary>Stays constant, then falls at the end of the run: <see cref="LearningRateSchedule.WarmupStableDecay"/>.</summary>
    WarmupStableDecay,
}
