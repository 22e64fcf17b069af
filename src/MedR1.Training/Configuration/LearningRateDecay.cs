namespace MedR1.Training;

/// <summary>How the learning rate goes on after its warm-up.</summary>
public enum LearningRateDecay
{
    /// <summary>It stays.</summary>
    Constant,

    /// <summary>It falls in a straight line to 0 at the last step.</summary>
    Linear,

    /// <summary>It falls along half a cosine to 0 at the last step.</summary>
    Cosine,
}
