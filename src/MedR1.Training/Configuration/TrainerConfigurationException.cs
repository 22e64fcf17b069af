namespace MedR1.Training;

/// <summary>A trainer can't be built: lists every mistake at once, each with the call that fixes it.</summary>
public sealed class TrainerConfigurationException : Exception
{
    /// <summary>Lists the mistakes.</summary>
    /// <param name="trainer">What was being built.</param>
    /// <param name="mistakes">The mistakes, each with its fix.</param>
    public TrainerConfigurationException(string trainer, IReadOnlyList<string> mistakes)
        : base(Describe(trainer, mistakes))
    {
        Mistakes = mistakes;
    }

    /// <summary>The mistakes in the order in which the builder found them.</summary>
    public IReadOnlyList<string> Mistakes { get; }

    private static string Describe(string trainer, IReadOnlyList<string> mistakes)
    {
        ArgumentNullException.ThrowIfNull(mistakes);
        string head = mistakes.Count == 1 ? "1 mistake" : $"{mistakes.Count} mistakes";
        return $"The {trainer} can't be built, {head}:{Environment.NewLine}"
            + string.Join(Environment.NewLine, mistakes.Select((mistake, index) => $"  {index + 1}. {mistake}"));
    }
}
