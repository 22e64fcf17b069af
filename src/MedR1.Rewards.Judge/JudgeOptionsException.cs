namespace MedR1.Rewards.Judge;

/// <summary>The options of a judge are invalid; the message lists every mistake with its fix.</summary>
public sealed class JudgeOptionsException : OptionsException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="errors">A description of every mistake.</param>
    public JudgeOptionsException(IReadOnlyList<string> errors)
        : base("options of the judge", errors)
    {
    }
}
