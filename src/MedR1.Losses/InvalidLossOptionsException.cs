namespace MedR1.Losses;

/// <summary>
/// The options of a loss, or of the computation of its inputs, are invalid; the message lists every mistake with its fix.
/// </summary>
public sealed class InvalidLossOptionsException : ArgumentException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="subject">What the options belong to, such as "loss" or "advantages".</param>
    /// <param name="errors">A description of every mistake, including the value and the fix.</param>
    public InvalidLossOptionsException(string subject, IReadOnlyList<string> errors)
        : base($"The options of the {subject} have {(errors.Count == 1 ? "a mistake" : $"{errors.Count} mistakes")}:"
            + string.Concat(errors.Select(error => "\n- " + error))) =>
        Errors = errors;

    /// <summary>A description of every mistake.</summary>
    public IReadOnlyList<string> Errors { get; }
}
