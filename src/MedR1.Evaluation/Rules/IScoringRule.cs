namespace MedR1.Evaluation;

/// <summary>Decides whether a text answers a question. Published scores depend on their rule, so every score names its rule.</summary>
/// <remarks>Implementations are stateless and safe to use from several threads at once.</remarks>
public interface IScoringRule
{
    /// <summary>The rule's name, printed next to every score.</summary>
    string Name { get; }

    /// <summary>Scores a text.</summary>
    /// <param name="example">The question with its right answer.</param>
    /// <param name="text">The model's output.</param>
    ScoredAnswer Score(VqaExample example, string text);
}
