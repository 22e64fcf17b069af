namespace MedR1.Evaluation;

/// <summary>The progress of an evaluation.</summary>
/// <param name="Done">Number of questions answered.</param>
/// <param name="Total">Number of all questions.</param>
/// <param name="Correct">Number of right answers so far.</param>
public readonly record struct EvaluationProgress(int Done, int Total, int Correct);
