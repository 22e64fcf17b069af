namespace MedR1;

/// <summary>Options are invalid; the message lists every mistake.</summary>
public abstract class OptionsException : ArgumentException
{
    /// <summary>Creates the exception from a list of mistakes.</summary>
    /// <param name="options">The name of the options in a sentence, such as "sampling options".</param>
    /// <param name="errors">One sentence for each mistake, with the value and the fix.</param>
    protected OptionsException(string options, IReadOnlyList<string> errors)
        : base(MessageOf(options, errors))
    {
        Errors = errors;
    }

    /// <summary>One sentence for each mistake.</summary>
    public IReadOnlyList<string> Errors { get; }

    private static string MessageOf(string options, IReadOnlyList<string> errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        string head = errors.Count == 1 ? $"The {options} have a mistake:" : $"The {options} have {errors.Count} mistakes:";
        return string.Join(Environment.NewLine, errors.Select(error => "- " + error).Prepend(head));
    }
}
