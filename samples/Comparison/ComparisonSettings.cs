namespace MedR1.Samples.Comparison;

/// <summary>The settings of a run.</summary>
/// <param name="Data">The folder of real-mini.</param>
/// <param name="Base">The checkpoint that every method starts from.</param>
/// <param name="Output">The run's folder.</param>
internal sealed record ComparisonSettings(string Data, string Base, string Output)
{
    public const int DefaultSteps = 300;

    /// <summary>Questions per step, for every method.</summary>
    public const int PromptsPerStep = 32;

    /// <summary>Answers per question in a step of GRPO and PPO.</summary>
    public const int GroupSize = 8;

    /// <summary>The peak learning rate of every method, including the critic's.</summary>
    public const double LearningRate = 4e-4;

    /// <summary>Optimizer steps, for every method.</summary>
    public int Steps { get; init; } = DefaultSteps;

    /// <summary>The number of seeds, which start at 1.</summary>
    public int Seeds { get; init; } = 3;

    public IReadOnlyList<Method> Methods { get; init; } = Method.All;

    /// <summary>The maximum number of test questions; null for all.</summary>
    public int? TestLimit { get; init; }

    /// <summary>The cells in the order in which they run: seed by seed, so that a run that is stopped has complete rows.</summary>
    public IEnumerable<(Method Method, int Seed)> Cells => Enumerable.Range(1, Seeds)
        .SelectMany(seed => Methods.Select(method => (Method: method, Seed: seed)))
        .Where(cell => cell.Method.Trains || cell.Seed == 1);

    /// <summary>The values, by name, that must be equal for cells of two runs to belong together.</summary>
    public IReadOnlyDictionary<string, string> Identity(string modelHash, string dataHash) => new SortedDictionary<string, string>
    {
        ["data"] = dataHash,
        ["base"] = modelHash,
        ["steps"] = $"{Steps}",
        ["questions in a step"] = $"{PromptsPerStep}",
        ["answers to a question"] = $"{GroupSize}",
        ["learning rate"] = FormattableString.Invariant($"{LearningRate}"),
        ["cold start of thinking"] = $"{ColdStart.StepsBefore(Steps)} steps",
        ["test limit"] = TestLimit is int limit ? $"{limit}" : "none",
    };
}
