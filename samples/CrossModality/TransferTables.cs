using MedR1.Evaluation;

namespace MedR1.Samples.CrossModality;

/// <summary>Creates rows and matrices from finished cells.</summary>
internal static class TransferTables
{
    /// <summary>Creates the row of a model that was trained on no domain.</summary>
    public static TransferRow Row(string name, Dictionary<string, EvaluationReport> reports) => new(
        name, reports.Values.First().Rule,
        reports.ToDictionary(pair => pair.Key, pair => pair.Value.Overall.Accuracy)) { Origin = Whole(reports.Values) };

    /// <summary>Creates the matrix of a method's models.</summary>
    public static TransferMatrix Matrix(
        string name, DomainFamily family, IReadOnlyList<(string Train, string Test, EvaluationReport Report)> cells,
        string training) => new(
        name, cells[0].Report.Rule, [.. family.Domains.Select(domain => domain.Name)],
        cells.Select(cell => new TransferCell(cell.Train, cell.Test, cell.Report.Overall.Accuracy)))
    {
        Origin = Whole(cells.Select(cell => cell.Report)) with { Training = training },
    };

    /// <summary>Creates the matrix of each domain's blind option prior on all domains.</summary>
    public static TransferMatrix Blind(DomainFamily family)
    {
        (string Train, string Test, EvaluationReport Report)[] cells =
        [
            .. family.Domains.SelectMany(train =>
            {
                BlindPrior prior = BlindPrior.Fit(train.Train);
                return family.Domains.Select(test => (train.Name, test.Name, prior.Evaluate(test.Test)));
            }),
        ];
        return Matrix("blind option prior", family, cells, "counted on the training questions of the row's domain");
    }

    /// <summary>The origin of a table: what its cells have in common, with one hash of all their questions.</summary>
    public static ReportOrigin Whole(IEnumerable<EvaluationReport> reports)
    {
        EvaluationReport[] all = [.. reports];
        VqaExample[] questions =
        [
            .. all.DistinctBy(report => report.Origin.DataHash).SelectMany(report => report.Answers)
                .Select(answer => answer.Example),
        ];
        return all[0].Origin with
        {
            Dataset = $"{questions.Length} test questions",
            DataHash = ContentHash.OfExamples(questions),
        };
    }
}
