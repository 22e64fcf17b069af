namespace MedR1.Losses;

/// <summary>Options are invalid; lists every mistake with its fix.</summary>
public sealed class InvalidLossOptionsException : ArgumentException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="problems">Every mistake in words, including the value and the fix.</param>
    public InvalidLossOptionsException(IReadOnlyList<string> problems)
        : base($"The options of the loss have {problems.Count} mistake(s):"
            + string.Concat(problems.Select(problem => "\n- " + problem))) =>
        Problems = problems;

    /// <summary>Every mistake in words.</summary>
    public IReadOnlyList<string> Problems { get; }
}
