namespace MedR1.Training;

/// <summary>How the learning rate develops after its warm-up.</summary>
public enum LearningRateDecay
{
    /// <summary>It stays constant: <see cref="LearningRateSchedule.ConstantWithWarmup"/>.</summary>
    Constant,

    /// <summary>It falls linearly to 0 at the end: <see cref="LearningRateSchedule.Linear"/>.</summary>
    Linear,

    /// <summary>It follows half a cosine down to 0 at the end: <see cref="LearningRateSchedule.Cosine"/>.</summary>
    Cosine,
}
