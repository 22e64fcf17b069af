namespace MedR1.Evaluation;

/// <summary>The answer that a rule found in a text.</summary>
/// <param name="Answer">The answer, or <see langword="null"/> if the rule found none.</param>
/// <param name="IsCorrect">Whether that answer is right.</param>
public readonly record struct ScoredAnswer(string? Answer, bool IsCorrect);
