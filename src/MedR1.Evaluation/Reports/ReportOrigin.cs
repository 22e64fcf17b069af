namespace MedR1.Evaluation;

/// <summary>The origin of a report's scores, which determines whether two reports are comparable.</summary>
public sealed record ReportOrigin
{
    /// <summary>The model's name; <see langword="null"/> for a baseline without one.</summary>
    public string? Model { get; init; }

    /// <summary>The hash of the model's files, for example from <see cref="ContentHash.OfFolder"/>.</summary>
    public string? ModelHash { get; init; }

    /// <summary>The data set's name.</summary>
    public string? Dataset { get; init; }

    /// <summary>The hash of the questions; <see cref="EvaluationReport.Create"/> computes it if missing.</summary>
    public string? DataHash { get; init; }

    /// <summary>The seed of the random choices; <see langword="null"/> if there are none.</summary>
    public long? Seed { get; init; }

    /// <summary>The prompt template's name.</summary>
    public string? Prompt { get; init; }

    /// <summary>How answers were sampled, such as <c>greedy, at most 256 tokens</c>.</summary>
    public string? Sampling { get; init; }

    /// <summary>How the model was trained: training domain, method, steps.</summary>
    public string? Training { get; init; }

    /// <summary>
    /// One line with rule, seed, model and hashes for the caption of a table or figure; hashes are shortened to 12 digits.
    /// </summary>
    /// <param name="rule">The rule that produced the scores.</param>
    public string Caption(string rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        string?[] parts =
        [
            $"rule {rule}",
            Seed is long seed ? $"seed {seed}" : "no seed",
            Model is null ? "no model" : $"model {Model} ({Short(ModelHash)})",
            $"data {Dataset ?? "(unnamed)"} ({Short(DataHash)})",
            Prompt is null ? null : $"prompt {Prompt}",
            Sampling,
            Training,
        ];
        return string.Join(" · ", parts.Where(part => part is not null));
    }

    private static string Short(string? hash) =>
        hash is null ? "not hashed" : $"sha256 {hash[..Math.Min(12, hash.Length)]}";
}
