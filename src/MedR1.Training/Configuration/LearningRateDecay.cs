namespace MedR1.Training;

/// <summary>How the learning rate goes on after its warm-up.</summary>
public enum LearningRateDecay
{
    /// <summary>It stays: <see cref="LearningRateSchedule.ConstantWithWarmup"/>.</summary>
    Constant,

    /// <summary>It falls in a straight line to 0 at the end: <see cref="LearningRateSchedule.Linear"/>.</summary>
    Linear,

    /// <summary>It falls along half a cosine to 0 at the end: <see cref="LearningRateSchedule.Cosine"/>.</summary>
    Cosine,
}
