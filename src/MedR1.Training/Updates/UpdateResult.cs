namespace MedR1.Training;

/// <summary>The state of a step's gradients.</summary>
/// <param name="GradientNorm">The 2-norm before clipping.</param>
/// <param name="IsFinite">Whether the gradients allow a step.</param>
internal readonly record struct UpdateResult(double GradientNorm, bool IsFinite);
