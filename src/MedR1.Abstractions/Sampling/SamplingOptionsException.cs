namespace MedR1;

/// <summary>The options of a call to a sampler are invalid; it reports every mistake at once.</summary>
public sealed class SamplingOptionsException : ArgumentException
{
    /// <summary>Creates an exception from the mistakes.</summary>
    /// <param name="errors">One sentence for each mistake, with the value and the fix.</param>
    public SamplingOptionsException(IReadOnlyList<string> errors)
        : base(MessageOf(errors))
    {
        Errors = errors;
    }

    /// <summary>One sentence for each mistake.</summary>
    public IReadOnlyList<string> Errors { get; }

    private static string MessageOf(IReadOnlyList<string> errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        string head = errors.Count == 1
            ? "The sampling options have a mistake:"
            : $"The sampling options have {errors.Count} mistakes:";
        return string.Join(Environment.NewLine, errors.Select(error => "- " + error).Prepend(head));
    }
}
