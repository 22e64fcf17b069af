namespace MedR1.Evaluation;

/// <summary>What a rule read out of a text.</summary>
/// <param name="Answer">The answer that it found, or <see langword="null"/> if it found none.</param>
/// <param name="IsCorrect">Whether that is the right one.</param>
public readonly record struct ScoredAnswer(string? Answer, bool IsCorrect);
