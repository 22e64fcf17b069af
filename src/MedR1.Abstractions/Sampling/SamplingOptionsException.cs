namespace MedR1;

/// <summary>The options of a call to a sampler are invalid; it reports every mistake at once.</summary>
public sealed class SamplingOptionsException : OptionsException
{
    /// <summary>Creates an exception from the mistakes.</summary>
    /// <param name="errors">One sentence for each mistake, with the value and the fix.</param>
    public SamplingOptionsException(IReadOnlyList<string> errors)
        : base("sampling options", errors)
    {
    }
}
