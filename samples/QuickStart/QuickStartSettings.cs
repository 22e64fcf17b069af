namespace MedR1.Samples.QuickStart;

/// <summary>The settings of a run.</summary>
/// <param name="Data">The folder of real-mini.</param>
/// <param name="Checkpoint">The checkpoint to start from.</param>
/// <param name="Output">The run's folder.</param>
/// <param name="Steps">Optimizer steps.</param>
/// <param name="Seed">The seed of all random choices.</param>
internal sealed record QuickStartSettings(string Data, string Checkpoint, string Output, int Steps, int Seed)
{
    public const int DefaultSteps = 1000;
    public const double DefaultLearningRate = 3e-4;
    public const int DefaultPromptsPerStep = 16;
    public const int DefaultGroupSize = 16;
    public const double DefaultKlCoefficient = 0.05;

    /// <summary>The maximum number of tokens of an answer, in training and in the test.</summary>
    public const int MaxNewTokens = 24;

    /// <summary>The peak learning rate.</summary>
    public double LearningRate { get; init; } = DefaultLearningRate;

    /// <summary>
    /// The weight of the divergence from the base. It preserves answers that the model would otherwise cease to try, but takes time: groups
    /// that agree are computed too, and so is the base.
    /// </summary>
    public double KlCoefficient { get; init; } = DefaultKlCoefficient;

    /// <summary>Questions per step.</summary>
    public int PromptsPerStep { get; init; } = DefaultPromptsPerStep;

    /// <summary>Answers per question. Equal ones are computed once, so that many cost little.</summary>
    public int GroupSize { get; init; } = DefaultGroupSize;

    /// <summary>
    /// Whether images are augmented: changed a little each time. Learning from them takes longer, but generalises better to other images:
    /// for runs of 2,000 steps rather than 1,000.
    /// </summary>
    public bool AugmentsImages { get; init; }

    /// <summary>Whether the training is repeated with blank images.</summary>
    public bool WithControl { get; init; } = true;
}
