using static TorchSharp.torch;

namespace MedR1.Samples.CrossModality;

/// <summary>
/// The settings of a run. The shipped base learns at rates that would ruin a real model, so that a user's checkpoint has Med-R1's own
/// values instead: one epoch, 4 questions × 4 answers, its learning rates and KL coefficient.
/// </summary>
internal sealed record ProtocolSettings
{
    /// <summary>The larger model's name in <see cref="Identity"/>.</summary>
    public const string LargerModel = "larger model";

    public required string Data { get; init; }

    public string? Splits { get; init; }

    public required string Checkpoint { get; init; }

    public string? LargerCheckpoint { get; init; }

    /// <summary>The type that the larger model computes in; null for the stored type.</summary>
    public ScalarType? LargerDataType { get; init; }

    public required string Output { get; init; }

    public required AnswerStyle Style { get; init; }

    public int Seed { get; init; } = 1;

    public string Device { get; init; } = "cpu";

    /// <summary>Whether synthetic domains replace the modalities that the shipped data has no images of.</summary>
    public bool WithPhantoms { get; init; }

    /// <summary>Optimizer steps of each training; null for one epoch.</summary>
    public int? Steps { get; init; }

    public int PromptsPerStep { get; init; } = 4;

    public int GroupSize { get; init; } = 4;

    public int ExamplesPerStep { get; init; } = 128;

    public double LearningRate { get; init; } = 1e-6;

    public double SupervisedLearningRate { get; init; } = 2e-5;

    public double KlCoefficient { get; init; } = 0.04;

    public int MaxNewTokens { get; init; } = 256;

    /// <summary>The maximum number of test questions per domain; null for all.</summary>
    public int? TestLimit { get; init; }

    /// <summary>Only the domains of this kind; null for both.</summary>
    public string? Only { get; init; }

    /// <summary>Only the domains with these names, short or as in the data; empty for all.</summary>
    public IReadOnlyList<string> Domains { get; init; } = [];

    /// <summary>Whether the options' probabilities are scored too: OmniMedVQA's prefix score and calibration.</summary>
    public bool ScoresOptions { get; init; }

    public bool KeepCheckpoints { get; init; }

    public int BatchSize { get; init; } = 64;

    /// <summary>The values, by name, that must be equal for cells of two runs to belong together.</summary>
    public IReadOnlyDictionary<string, string> Identity(string modelHash, string? largerHash, string dataHash) =>
        new SortedDictionary<string, string>
        {
            ["data"] = dataHash,
            ["synthetic domains"] = WithPhantoms ? "Dermoscopy, OCT" : CellStore.None,
            ["model"] = modelHash,
            [LargerModel] = largerHash ?? CellStore.None,
            ["style"] = Style.Name,
            ["seed"] = $"{Seed}",
            ["steps"] = Steps is int steps ? $"{steps}" : "one epoch",
            ["prompts per step"] = $"{PromptsPerStep}",
            ["group size"] = $"{GroupSize}",
            ["examples per step"] = $"{ExamplesPerStep}",
            ["learning rate"] = FormattableString.Invariant($"{LearningRate}"),
            ["supervised learning rate"] = FormattableString.Invariant($"{SupervisedLearningRate}"),
            ["KL coefficient"] = FormattableString.Invariant($"{KlCoefficient}"),
            ["most new tokens"] = $"{MaxNewTokens}",
            ["test limit"] = TestLimit is int limit ? $"{limit}" : "none",
        };
}
