namespace MedR1.Rewards.Judge;

/// <summary>Options that can't work, with every mistake and its fix.</summary>
public sealed class JudgeOptionsException : ArgumentException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="problems">Every mistake in words.</param>
    public JudgeOptionsException(IReadOnlyList<string> problems)
        : base($"The options of the judge have {problems.Count} mistake(s):"
            + string.Concat(problems.Select(problem => "\n- " + problem))) =>
        Problems = problems;

    /// <summary>Every mistake in words.</summary>
    public IReadOnlyList<string> Problems { get; }
}
