namespace MedR1.Losses;

/// <summary>An advantage estimator returned numbers that can't be learnt from; the message gives the number and the fix.</summary>
public sealed class InvalidAdvantagesException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="estimator">The name of the estimator.</param>
    /// <param name="problem">What is wrong with its result, with the value and the fix.</param>
    public InvalidAdvantagesException(string estimator, string problem)
        : base($"The advantage estimator {estimator} can't be used: {problem}") => Estimator = estimator;

    /// <summary>The name of the estimator.</summary>
    public string Estimator { get; }
}
