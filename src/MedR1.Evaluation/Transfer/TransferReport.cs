namespace MedR1.Evaluation;

/// <summary>All results for one kind of domain: the methods' matrices, zero-shot, and baselines.</summary>
public sealed record TransferReport
{
    /// <summary>The kind of domain: <c>modality</c> or <c>question type</c>.</summary>
    public required string Grouping { get; init; }

    /// <summary>The domains in the order of rows and columns, without those that have no data.</summary>
    public required IReadOnlyList<string> Domains { get; init; }

    /// <summary>Domains of the protocol for which the data has no questions.</summary>
    public IReadOnlyList<string> MissingDomains { get; init; } = [];

    /// <summary>
    /// The <see cref="Domains"/> with synthetic images. They appear in the matrices, but are excluded from the means of
    /// <see cref="Comparison"/>.
    /// </summary>
    public IReadOnlyList<string> SyntheticDomains { get; init; } = [];

    /// <summary>The model before any training.</summary>
    public required TransferRow ZeroShot { get; init; }

    /// <summary>The methods that train on one domain, such as SFT and GRPO.</summary>
    public IReadOnlyList<TransferMatrix> Methods { get; init; } = [];

    /// <summary>The blind option prior, fitted to each domain's training questions.</summary>
    public required TransferMatrix Blind { get; init; }

    /// <summary>Other models and controls with one score per domain: a larger model, blank images.</summary>
    public IReadOnlyList<TransferRow> Others { get; init; } = [];

    /// <summary>The expected accuracy of guessing among the options on each test domain, 0 to 1.</summary>
    public required IReadOnlyDictionary<string, double> Chance { get; init; }

    /// <summary>Number of questions in each domain, for training and for testing.</summary>
    public required IReadOnlyDictionary<string, (int Train, int Test)> Questions { get; init; }

    /// <summary>
    /// The comparison of methods in the order of Med-R1's tables: chance and the blind prior, which see no image, then zero-shot,
    /// the others, and the methods that train. Synthetic domains are excluded.
    /// </summary>
    public IReadOnlyList<MethodScore> Comparison => WithoutSynthetic().Scores;

    /// <summary>The same comparison, including the synthetic domains.</summary>
    public IReadOnlyList<MethodScore> ComparisonWithSynthetic => Scores;

    private IReadOnlyList<MethodScore> Scores =>
    [
        new MethodScore("chance", "none", Everywhere(Mean(Chance.Values)), null),
        new MethodScore(Blind.Name, Blind.Rule, Blind.Means, Blind.Gains(ZeroShot)),
        new MethodScore(ZeroShot.Name, ZeroShot.Rule, Everywhere(ZeroShot.Mean), null),
        .. Others.Select(row => new MethodScore(row.Name, row.Rule, MeansOf(row, row.Mean), MeansOf(row, GainOf(row)))),
        .. Methods.Select(matrix => new MethodScore(matrix.Name, matrix.Rule, matrix.Means, matrix.Gains(ZeroShot))),
    ];

    /// <summary>The report restricted to domains with real images; this report if there are no synthetic domains.</summary>
    public TransferReport WithoutSynthetic()
    {
        if (SyntheticDomains.Count == 0)
        {
            return this;
        }

        string[] real = [.. Domains.Except(SyntheticDomains)];
        return this with
        {
            Domains = real,
            SyntheticDomains = [],
            ZeroShot = ZeroShot.Among(real),
            Methods = [.. Methods.Select(matrix => matrix.Among(real))],
            Blind = Blind.Among(real),
            Others = [.. Others.Select(row => row.Among(real))],
            Chance = real.Where(Chance.ContainsKey).ToDictionary(domain => domain, domain => Chance[domain]),
            Questions = real.Where(Questions.ContainsKey).ToDictionary(domain => domain, domain => Questions[domain]),
        };
    }

    private static TransferMeans MeansOf(TransferRow row, double? value) =>
        row.IsSameDomain ? new TransferMeans(value, null, null) : Everywhere(value);

    private static TransferMeans Everywhere(double? value) => new(value, value, value);

    private static double? Mean(IEnumerable<double> values) => values.Select(value => (double?)value).Average();

    private double? GainOf(TransferRow row) => Mean(
        row.ByTest.Where(test => ZeroShot.ByTest.ContainsKey(test.Key))
            .Select(test => test.Value.Value - ZeroShot.ByTest[test.Key].Value));
}
