namespace MedR1.Training;

/// <summary>A saved state does not fit the optimizer that it is loaded into.</summary>
public sealed class OptimizerStateException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="problems">Every mismatch in words.</param>
    public OptimizerStateException(IReadOnlyList<string> problems)
        : base("The saved state doesn't fit the optimizer: load the checkpoint of the same model with the same trained "
            + "parameters."
            + string.Concat(problems.Take(MostShown).Select(problem => "\n- " + problem))
            + (problems.Count > MostShown ? $"\n- and {problems.Count - MostShown} more" : "")) => Problems = problems;

    private const int MostShown = 12;

    /// <summary>Every mismatch in words.</summary>
    public IReadOnlyList<string> Problems { get; }
}
