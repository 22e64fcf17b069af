namespace MedR1.Training;

/// <summary>The exception thrown when a saved state does not fit the optimizer that it is loaded into.</summary>
public sealed class OptimizerStateException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="errors">Describes every mismatch.</param>
    public OptimizerStateException(IReadOnlyList<string> errors)
        : base("The saved state doesn't fit the optimizer: load the checkpoint of the same model with the same trained "
            + "parameters."
            + string.Concat(errors.Take(MostShown).Select(error => "\n- " + error))
            + (errors.Count > MostShown ? $"\n- and {errors.Count - MostShown} more" : "")) => Errors = errors;

    private const int MostShown = 12;

    /// <summary>Describes every mismatch.</summary>
    public IReadOnlyList<string> Errors { get; }
}
