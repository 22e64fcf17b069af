namespace MedR1.Evaluation;

/// <summary>How far an evaluation is.</summary>
/// <param name="Done">Questions answered.</param>
/// <param name="Total">All questions.</param>
/// <param name="Correct">Right answers so far.</param>
public readonly record struct EvaluationProgress(int Done, int Total, int Correct);
