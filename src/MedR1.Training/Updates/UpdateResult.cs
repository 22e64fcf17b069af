namespace MedR1.Training;

/// <summary>Properties of a step's gradients.</summary>
/// <param name="GradientNorm">Their 2-norm before they were clipped.</param>
/// <param name="IsFinite">Whether the step may be made.</param>
internal readonly record struct UpdateResult(double GradientNorm, bool IsFinite);
