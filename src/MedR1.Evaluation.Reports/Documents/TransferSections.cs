namespace MedR1.Evaluation.Reports;

/// <summary>The sections of a report about one kind of domain.</summary>
internal static class TransferSections
{
    public static IEnumerable<DocumentSection> Of(TransferReport report)
    {
        string name = report.Grouping.Replace(' ', '-');
        TransferReport counted = report.WithoutSynthetic();
        yield return new DocumentSection(2, $"By {report.Grouping}")
        {
            Paragraphs = [.. Introduction(report)],
            Tables = [Questions(report), Comparison(report.Comparison)],
        };
        HashSet<string> taken = [];
        foreach (TransferMatrix method in report.Methods)
        {
            string file = FileName($"{name}-{method.Name}", taken);
            yield return new DocumentSection(3, $"{method.Name}, by {report.Grouping}")
            {
                Paragraphs = [Means(method.Among(counted.Domains), counted)],
                Figures =
                [
                    ($"{file}-accuracy", TransferFigures.Accuracy(report, method)),
                    ($"{file}-gain", TransferFigures.Gain(report, method)),
                ],
            };
        }

        if (report.SyntheticDomains.Count > 0)
        {
            yield return new DocumentSection(3, $"Means with the synthetic domains, by {report.Grouping}")
            {
                Paragraphs = ["The comparison above, including the domains whose images a program drew."],
                Tables = [Comparison(report.ComparisonWithSynthetic)],
            };
        }

        yield return new DocumentSection(3, $"What needs no image, by {report.Grouping}")
        {
            Paragraphs =
            [
                "The blind option prior scores each option by how often its text was right in the training questions of a "
                + "domain. Where it is high, a model's score on the same domain is no evidence that it uses the image.",
            ],
            Figures = [($"{name}-blind", TransferFigures.Accuracy(report, report.Blind))],
        };
    }

    // A method's name comes from the caller, so only its ASCII letters and digits are used in the file name, which is made unique.
    private static string FileName(string text, HashSet<string> taken)
    {
        string plain = string.Concat(text.ToLowerInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-'));
        string name = plain;
        for (int number = 2; !taken.Add(name); number++)
        {
            name = $"{plain}-{number}";
        }

        return name;
    }

    private static IEnumerable<string> Introduction(TransferReport report)
    {
        yield return "Every row of a matrix is one model, trained on one domain and tested on all. The off-diagonal mean is the "
            + "informative number: on the diagonal, the blind prior may do as well.";
        if (report.MissingDomains.Count > 0)
        {
            yield return "The data has no questions for "
                + $"{string.Join(", ", report.MissingDomains.Select(DomainLabels.Short))}.";
        }

        if (report.SyntheticDomains.Count > 0)
        {
            yield return $"No medical images: {string.Join(", ", report.SyntheticDomains.Select(DomainLabels.Short))}. A program drew "
                + "them. They are in the matrices, but not in the means.";
        }

        yield return $"{report.ZeroShot.Name}: {report.ZeroShot.Origin.Caption(report.ZeroShot.Rule)}.";
    }

    private static string Means(TransferMatrix method, TransferReport report)
    {
        TransferMeans gains = method.Gains(report.ZeroShot);
        return $"Mean of the diagonal {Numbers.PerCent(method.Means.Diagonal)} % ({Numbers.Points(gains.Diagonal)} points over "
            + $"{report.ZeroShot.Name}; blind prior {Numbers.PerCent(report.Blind.Means.Diagonal)} %), off the diagonal "
            + $"{Numbers.PerCent(method.Means.OffDiagonal)} % ({Numbers.Points(gains.OffDiagonal)} points; blind prior "
            + $"{Numbers.PerCent(report.Blind.Means.OffDiagonal)} %). Each cell counts once; no interval, because cells of a column "
            + "share their questions.";
    }

    private static DocumentTable Questions(TransferReport report) => new(
    [
        [report.Grouping, "training questions", "test questions", "chance %", $"{report.ZeroShot.Name} %"],
        .. report.Domains.Select(domain => (IReadOnlyList<string>)
        [
            DomainLabels.Short(domain),
            report.Questions.TryGetValue(domain, out (int Train, int Test) count) ? $"{count.Train}" : "–",
            report.Questions.ContainsKey(domain) ? $"{count.Test}" : "–",
            Numbers.PerCent(report.Chance.TryGetValue(domain, out double chance) ? chance : null),
            report.ZeroShot.ByTest.TryGetValue(domain, out Accuracy accuracy) ? Numbers.WithInterval(accuracy) : "–",
        ]),
    ]);

    private static DocumentTable Comparison(IReadOnlyList<MethodScore> methods) => new(
    [
        ["method", "rule", "same domain %", "other domains %", "all cells %", "gain, same", "gain, other", "gain, all"],
        .. methods.Select(row => (IReadOnlyList<string>)
        [
            row.Name, row.Rule, Numbers.PerCent(row.Means.Diagonal), Numbers.PerCent(row.Means.OffDiagonal),
            Numbers.PerCent(row.Means.All), Numbers.Points(row.Gains?.Diagonal), Numbers.Points(row.Gains?.OffDiagonal),
            Numbers.Points(row.Gains?.All),
        ]),
    ]);
}
