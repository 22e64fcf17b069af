namespace MedR1.Evaluation;

/// <summary>
/// What has one score for each test domain: a model as it came, a larger one, or a control of models on their own domain.
/// </summary>
public sealed record TransferRow
{
    /// <summary>Takes the scores.</summary>
    /// <param name="name">What was scored, such as <c>zero-shot</c>.</param>
    /// <param name="rule">The rule that made the scores.</param>
    /// <param name="byTest">The accuracy on each domain that it was tested on.</param>
    public TransferRow(string name, string rule, IReadOnlyDictionary<string, Accuracy> byTest)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentException.ThrowIfNullOrWhiteSpace(rule);
        ArgumentNullException.ThrowIfNull(byTest);
        Name = name;
        Rule = rule;
        ByTest = byTest;
    }

    /// <summary>What was scored.</summary>
    public string Name { get; }

    /// <summary>The rule that made the scores.</summary>
    public string Rule { get; }

    /// <summary>The accuracy on each domain that it was tested on.</summary>
    public IReadOnlyDictionary<string, Accuracy> ByTest { get; }

    /// <summary>
    /// Whether each score is of a model that was trained on the test's own domain, such as its score on blank pictures: it
    /// belongs beside the diagonal of a matrix and says nothing about other domains.
    /// </summary>
    public bool IsSameDomain { get; init; }

    /// <summary>Model, data and seed behind the scores.</summary>
    public ReportOrigin Origin { get; init; } = new();

    /// <summary>The mean over domains, each counted once; <see langword="null"/> where there is none.</summary>
    public double? Mean => ByTest.Count == 0 ? null : ByTest.Values.Average(accuracy => accuracy.Value);

    /// <summary>The same row with no other domains than these.</summary>
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
