namespace MedR1.Training;

/// <summary>A saved state does not fit the optimizer that it is loaded into.</summary>
public sealed class OptimizerStateException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="errors">Every mismatch in words.</param>
    public OptimizerStateException(IReadOnlyList<string> errors)
        : base("The saved state doesn't fit the optimizer: load the checkpoint of the same model with the same trained "
            + "parameters."
            + string.Concat(errors.Take(MostShown).Select(error => "\n- " + error))
            + (errors.Count > MostShown ? $"\n- and {errors.Count - MostShown} more" : "")) => Errors = errors;

    private const int MostShown = 12;

    /// <summary>Every mismatch in words.</summary>
    public IReadOnlyList<string> Errors { get; }
}
