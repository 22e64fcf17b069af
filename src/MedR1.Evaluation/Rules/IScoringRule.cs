namespace MedR1.Evaluation;

/// <summary>
/// Decides whether a text answers a question. Published scores differ by their rule, so every score names its own.
/// </summary>
/// <remarks>Implementations keep no state and may be used from several threads at once.</remarks>
public interface IScoringRule
{
    /// <summary>The rule's name, printed beside every score.</summary>
    string Name { get; }

    /// <summary>Scores a text.</summary>
    /// <param name="example">The question with its right answer.</param>
    /// <param name="text">What the model said.</param>
    ScoredAnswer Score(VqaExample example, string text);
}
