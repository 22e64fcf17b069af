namespace MedR1.Rewards.Judge;

/// <summary>The options are invalid; lists every mistake and its fix.</summary>
public sealed class JudgeOptionsException : ArgumentException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="problems">A description of every mistake.</param>
    public JudgeOptionsException(IReadOnlyList<string> problems)
        : base($"The options of the judge have {problems.Count} mistake(s):"
            + string.Concat(problems.Select(problem => "\n- " + problem))) =>
        Problems = problems;

    /// <summary>A description of every mistake.</summary>
    public IReadOnlyList<string> Problems { get; }
}
