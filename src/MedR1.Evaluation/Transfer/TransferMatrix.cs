namespace MedR1.Evaluation;

/// <summary>
/// Models that were each trained on one domain and tested on every domain: Med-R1's 8 × 8 modalities and 5 × 5 question types
/// (arXiv 2503.13939). Rows are training domains, columns test domains; a cell that was not run is missing, not 0.
/// </summary>
public sealed class TransferMatrix
{
    private readonly Dictionary<(string Train, string Test), TransferCell> _cells = [];

    /// <summary>Creates the matrix from its cells.</summary>
    /// <param name="name">
    /// How the models were trained, such as <c>GRPO</c>, or the name of a baseline fitted to each domain.
    /// </param>
    /// <param name="rule">The rule that produced the scores.</param>
    /// <param name="domains">The domains in the order of rows and columns.</param>
    /// <param name="cells">The cells that were run.</param>
    /// <exception cref="ArgumentException">A domain occurs twice or is unknown, or a cell occurs twice.</exception>
    public TransferMatrix(
        string name, string rule, IReadOnlyList<string> domains, IEnumerable<TransferCell> cells)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentException.ThrowIfNullOrWhiteSpace(rule);
        ArgumentNullException.ThrowIfNull(domains);
        ArgumentNullException.ThrowIfNull(cells);
        HashSet<string> known = new(StringComparer.Ordinal);
        if (domains.FirstOrDefault(domain => !known.Add(domain)) is string twice)
        {
            throw new ArgumentException($"The domain '{twice}' is given twice.", nameof(domains));
        }

        foreach (TransferCell cell in cells)
        {
            if (!known.Contains(cell.Train) || !known.Contains(cell.Test))
            {
                throw new ArgumentException(
                    $"The cell '{cell.Train}' to '{cell.Test}' has a domain that is none of "
                    + $"{string.Join(", ", domains)}.", nameof(cells));
            }

            if (!_cells.TryAdd((cell.Train, cell.Test), cell))
            {
                throw new ArgumentException(
                    $"The cell '{cell.Train}' to '{cell.Test}' is given twice.", nameof(cells));
            }
        }

        Name = name;
        Rule = rule;
        Domains = [.. domains];
    }

    /// <summary>How the models were trained.</summary>
    public string Name { get; }

    /// <summary>The rule that produced the scores.</summary>
    public string Rule { get; }

    /// <summary>The domains in the order of rows and columns.</summary>
    public IReadOnlyList<string> Domains { get; }

    /// <summary>The model, data and seed that the scores come from.</summary>
    public ReportOrigin Origin { get; init; } = new();

    /// <summary>The cells that were run, row by row.</summary>
    public IEnumerable<TransferCell> Cells =>
        Domains.SelectMany(train => Domains.Select(test => _cells.GetValueOrDefault((train, test))))
            .OfType<TransferCell>();

    /// <summary>Means over the cells.</summary>
    public TransferMeans Means => TransferMeans.Of(Cells, cell => cell.Accuracy.Value);

    /// <summary>The cell for two domains; <see langword="null"/> if it was not run.</summary>
    /// <param name="train">The training domain.</param>
    /// <param name="test">The test domain.</param>
    public TransferCell? Cell(string train, string test) => _cells.GetValueOrDefault((train, test));

    /// <summary>
    /// How much a cell exceeds the untrained model's score on the same test; <see langword="null"/> if either is missing.
    /// </summary>
    /// <param name="train">The training domain.</param>
    /// <param name="test">The test domain.</param>
    /// <param name="untrained">The model before training.</param>
    public double? Gain(string train, string test, TransferRow untrained)
    {
        ArgumentNullException.ThrowIfNull(untrained);
        return Cell(train, test) is TransferCell cell && untrained.ByTest.TryGetValue(test, out Accuracy before)
            ? cell.Accuracy.Value - before.Value
            : null;
    }

    /// <summary>The mean gains over the cells that have a gain.</summary>
    /// <param name="untrained">The model before training.</param>
    public TransferMeans Gains(TransferRow untrained) =>
        TransferMeans.Of(Cells, cell => Gain(cell.Train, cell.Test, untrained));

    /// <summary>The same matrix with only these rows and columns.</summary>
    /// <param name="domains">The domains to keep.</param>
    public TransferMatrix Among(IReadOnlyCollection<string> domains)
    {
        ArgumentNullException.ThrowIfNull(domains);
        return new TransferMatrix(
            Name, Rule, [.. Domains.Where(domains.Contains)],
            Cells.Where(cell => domains.Contains(cell.Train) && domains.Contains(cell.Test)))
        {
            Origin = Origin,
        };
    }
}
