namespace MedR1.Rewards.Judge;

/// <summary>The options are invalid; lists every mistake and its fix.</summary>
public sealed class JudgeOptionsException : OptionsException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="errors">A description of every mistake.</param>
    public JudgeOptionsException(IReadOnlyList<string> errors)
        : base("options of the judge", errors)
    {
    }
}
