namespace MedR1.Sampling;

/// <summary>Sampling options that can't be used; it names every mistake at once.</summary>
public sealed class SamplingOptionsException : ArgumentException
{
    /// <summary>Takes the mistakes.</summary>
    /// <param name="errors">A sentence for each, with the value and the fix.</param>
    public SamplingOptionsException(IReadOnlyList<string> errors)
        : base(MessageOf(errors))
    {
        Errors = errors;
    }

    /// <summary>A sentence for each mistake.</summary>
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
