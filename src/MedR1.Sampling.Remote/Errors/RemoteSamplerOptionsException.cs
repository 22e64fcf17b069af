namespace MedR1.Sampling.Remote;

/// <summary>
/// The options of a remote sampler are invalid; the exception names every mistake at once. Invalid options of a call cause a
/// <see cref="SamplingOptionsException"/>, as with any sampler.
/// </summary>
public sealed class RemoteSamplerOptionsException : OptionsException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="errors">One sentence per mistake, with the value and the fix.</param>
    public RemoteSamplerOptionsException(IReadOnlyList<string> errors)
        : base("options of the remote sampler", errors)
    {
    }
}
