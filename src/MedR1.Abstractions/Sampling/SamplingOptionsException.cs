namespace MedR1;

/// <summary>The options of a call to a sampler are invalid; the message lists every mistake.</summary>
public sealed class SamplingOptionsException : OptionsException
{
    /// <summary>Creates the exception from a list of mistakes.</summary>
    /// <param name="errors">One sentence for each mistake, with the value and the fix.</param>
    public SamplingOptionsException(IReadOnlyList<string> errors)
        : base("sampling options", errors)
    {
    }
}
