namespace MedR1.Losses;

/// <summary>Options of a loss, or of what feeds it, are invalid; lists every mistake with its fix.</summary>
public sealed class InvalidLossOptionsException : ArgumentException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="subject">What the options belong to, such as "loss" or "advantages".</param>
    /// <param name="errors">Every mistake in words, including the value and the fix.</param>
    public InvalidLossOptionsException(string subject, IReadOnlyList<string> errors)
        : base($"The options of the {subject} have {errors.Count} mistake(s):"
            + string.Concat(errors.Select(error => "\n- " + error))) =>
        Errors = errors;

    /// <summary>Every mistake in words.</summary>
    public IReadOnlyList<string> Errors { get; }
}
