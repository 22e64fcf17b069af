namespace MedR1.Sampling.Remote;

/// <summary>
/// The options of a remote sampler are invalid; names every mistake at once. Those of a call are a
/// <see cref="SamplingOptionsException"/>, as with any sampler.
/// </summary>
public sealed class RemoteSamplerOptionsException : ArgumentException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="errors">One sentence per mistake, with the value and the fix.</param>
    public RemoteSamplerOptionsException(IReadOnlyList<string> errors)
        : base(MessageOf(errors))
    {
        Errors = errors;
    }

    /// <summary>One sentence per mistake.</summary>
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
