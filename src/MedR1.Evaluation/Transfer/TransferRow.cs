namespace MedR1.Evaluation;

/// <summary>One score per test domain, of an untrained model, a larger model, or a control such as blank images.</summary>
public sealed record TransferRow
{
    /// <summary>Creates the row from its scores.</summary>
    /// <param name="name">The name of what was scored, such as <c>zero-shot</c>.</param>
    /// <param name="rule">The rule that produced the scores.</param>
    /// <param name="byTest">The accuracy on each test domain.</param>
    public TransferRow(string name, string rule, IReadOnlyDictionary<string, Accuracy> byTest)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentException.ThrowIfNullOrWhiteSpace(rule);
        ArgumentNullException.ThrowIfNull(byTest);
        Name = name;
        Rule = rule;
        ByTest = byTest;
    }

    /// <summary>The name of what was scored.</summary>
    public string Name { get; }

    /// <summary>The rule that produced the scores.</summary>
    public string Rule { get; }

    /// <summary>The accuracy on each test domain.</summary>
    public IReadOnlyDictionary<string, Accuracy> ByTest { get; }

    /// <summary>
    /// Whether each score is of a model trained on the test domain itself, such as its score on blank images. Such a row is
    /// comparable with the diagonal of a matrix and says nothing about other domains.
    /// </summary>
    public bool IsSameDomain { get; init; }

    /// <summary>The model, data and seed that the scores come from.</summary>
    public ReportOrigin Origin { get; init; } = new();

    /// <summary>The mean over domains, each counted once; <see langword="null"/> if there are none.</summary>
    public double? Mean => ByTest.Count == 0 ? null : ByTest.Values.Average(accuracy => accuracy.Value);

    /// <summary>The same row with only these domains.</summary>
    /// <param name="domains">The domains to keep.</param>
    public TransferRow Among(IReadOnlyCollection<string> domains)
    {
        ArgumentNullException.ThrowIfNull(domains);
        return new TransferRow(
            Name, Rule, ByTest.Where(test => domains.Contains(test.Key)).ToDictionary(test => test.Key, test => test.Value))
        {
            IsSameDomain = IsSameDomain,
            Origin = Origin,
        };
    }
}
