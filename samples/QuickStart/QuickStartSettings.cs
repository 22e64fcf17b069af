namespace MedR1.Samples.QuickStart;

/// <summary>What a run takes.</summary>
/// <param name="Data">The folder of real-mini.</param>
/// <param name="Checkpoint">The checkpoint to start from.</param>
/// <param name="Output">The run's folder.</param>
/// <param name="Steps">Optimizer steps.</param>
/// <param name="Seed">Where all random choices start.</param>
internal sealed record QuickStartSettings(string Data, string Checkpoint, string Output, int Steps, int Seed)
{
    public const int DefaultSteps = 1000;
    public const double DefaultLearningRate = 3e-4;
    public const int DefaultPromptsPerStep = 16;
    public const int DefaultGroupSize = 16;
    public const double DefaultKlCoefficient = 0.05;

    /// <summary>The most tokens of an answer, in training and in the test.</summary>
    public const int MaxNewTokens = 24;

    /// <summary>The highest learning rate.</summary>
    public double LearningRate { get; init; } = DefaultLearningRate;

    /// <summary>
    /// The weight of the divergence from the base. It keeps answers alive that the model would cease to try, and takes time: groups
    /// that agree are computed too, and the base beside them.
    /// </summary>
    public double KlCoefficient { get; init; } = DefaultKlCoefficient;

    /// <summary>Questions in a step.</summary>
    public int PromptsPerStep { get; init; } = DefaultPromptsPerStep;

    /// <summary>Answers to a question. Those that say the same are computed once, so that many cost little.</summary>
    public int GroupSize { get; init; } = DefaultGroupSize;

    /// <summary>
    /// Whether pictures come back a little differently each time. It takes longer to learn from them, and more of it holds for
    /// other pictures: for runs of 2,000 steps rather than 1,000.
    /// </summary>
    public bool VariesPictures { get; init; }

    /// <summary>Whether the training is repeated with blank pictures.</summary>
    public bool WithControl { get; init; } = true;
}
