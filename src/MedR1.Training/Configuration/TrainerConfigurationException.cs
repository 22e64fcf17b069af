namespace MedR1.Training;

/// <summary>A trainer can't be built: lists every mistake at once, each with the call that fixes it.</summary>
public sealed class TrainerConfigurationException : Exception
{
    /// <summary>Lists the mistakes.</summary>
    /// <param name="trainer">What was being built.</param>
    /// <param name="errors">The mistakes, each with its fix.</param>
    public TrainerConfigurationException(string trainer, IReadOnlyList<string> errors)
        : base(Describe(trainer, errors))
    {
        Errors = errors;
    }

    /// <summary>The mistakes in the order in which the builder found them.</summary>
    public IReadOnlyList<string> Errors { get; }

    private static string Describe(string trainer, IReadOnlyList<string> errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        string head = errors.Count == 1 ? "1 mistake" : $"{errors.Count} mistakes";
        return $"The {trainer} can't be built, {head}:{Environment.NewLine}"
            + string.Join(Environment.NewLine, errors.Select((error, index) => $"  {index + 1}. {error}"));
    }
}
