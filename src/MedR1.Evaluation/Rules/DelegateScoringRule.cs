namespace MedR1.Evaluation;

/// <summary>A rule written as a lambda.</summary>
public sealed class DelegateScoringRule : IScoringRule
{
    private readonly Func<VqaExample, string, ScoredAnswer> _score;

    /// <summary>Creates a rule from a function.</summary>
    /// <param name="name">The name that is printed next to scores.</param>
    /// <param name="score">Scores a text for an example.</param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public DelegateScoringRule(string name, Func<VqaExample, string, ScoredAnswer> score)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(score);
        Name = name;
        _score = score;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public ScoredAnswer Score(VqaExample example, string text)
    {
        ArgumentNullException.ThrowIfNull(example);
        ArgumentNullException.ThrowIfNull(text);
        return _score(example, text);
    }
}
