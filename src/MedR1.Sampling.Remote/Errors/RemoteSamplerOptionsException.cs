namespace MedR1.Sampling.Remote;

/// <summary>
/// Options of a remote sampler or of a call of it that can't be used; it names every mistake at once.
/// </summary>
public sealed class RemoteSamplerOptionsException : ArgumentException
{
    /// <summary>Takes the mistakes.</summary>
    /// <param name="errors">A sentence for each, with the value and the fix.</param>
    public RemoteSamplerOptionsException(IReadOnlyList<string> errors)
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
            ? "The options of the remote sampler have a mistake:"
            : $"The options of the remote sampler have {errors.Count} mistakes:";
        return string.Join(Environment.NewLine, errors.Select(error => "- " + error).Prepend(head));
    }
}
