namespace MedR1.Evaluation;

/// <summary>What a rule found in a text.</summary>
/// <param name="Answer">The answer that it found, or <see langword="null"/> if it found none.</param>
/// <param name="IsCorrect">Whether that answer is right.</param>
public readonly record struct ScoredAnswer(string? Answer, bool IsCorrect);
