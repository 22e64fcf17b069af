namespace MedR1.Samples.Comparison;

/// <summary>What a run takes.</summary>
/// <param name="Data">The folder of real-mini.</param>
/// <param name="Base">The checkpoint that every method starts from.</param>
/// <param name="Output">The run's folder.</param>
internal sealed record ComparisonSettings(string Data, string Base, string Output)
{
    public const int DefaultSteps = 300;

    /// <summary>Questions in a step of every method.</summary>
    public const int PromptsPerStep = 32;

    /// <summary>Answers to a question in a step of GRPO and PPO.</summary>
    public const int GroupSize = 8;

    /// <summary>The highest learning rate of every method, the critic's included.</summary>
    public const double LearningRate = 4e-4;

    /// <summary>Optimizer steps of every method.</summary>
    public int Steps { get; init; } = DefaultSteps;

    /// <summary>Seeds 1 to this.</summary>
    public int Seeds { get; init; } = 3;

    public IReadOnlyList<Method> Methods { get; init; } = Method.All;

    /// <summary>At most so many test questions; null for all.</summary>
    public int? TestLimit { get; init; }

    /// <summary>The cells in the order in which they run: seed by seed, so that a run that is stopped has whole rows.</summary>
    public IEnumerable<(Method Method, int Seed)> Cells => Enumerable.Range(1, Seeds)
        .SelectMany(seed => Methods.Select(method => (Method: method, Seed: seed)))
        .Where(cell => cell.Method.Trains || cell.Seed == 1);

    /// <summary>What must be the same for cells of two runs to belong together, by name.</summary>
    public IReadOnlyDictionary<string, string> Identity(string modelHash, string dataHash) => new SortedDictionary<string, string>
    {
        ["data"] = dataHash,
        ["base"] = modelHash,
        ["steps"] = $"{Steps}",
        ["questions in a step"] = $"{PromptsPerStep}",
        ["answers to a question"] = $"{GroupSize}",
        ["learning rate"] = FormattableString.Invariant($"{LearningRate}"),
        ["lesson before thinking"] = $"{FormLesson.StepsBefore(Steps)} steps",
        ["test limit"] = TestLimit is int limit ? $"{limit}" : "none",
    };
}
