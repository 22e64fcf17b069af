namespace MedR1.Rewards.Judge;

/// <summary>The options are invalid; lists every mistake and its fix.</summary>
public sealed class JudgeOptionsException : ArgumentException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="errors">A description of every mistake.</param>
    public JudgeOptionsException(IReadOnlyList<string> errors)
        : base($"The options of the judge have {errors.Count} mistake(s):"
            + string.Concat(errors.Select(error => "\n- " + error))) =>
        Errors = errors;

    /// <summary>A description of every mistake.</summary>
    public IReadOnlyList<string> Errors { get; }
}
