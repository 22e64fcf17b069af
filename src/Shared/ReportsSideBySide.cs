using MedR1.Evaluation;

namespace MedR1;

/// <summary>Checks whether reports can appear in one table.</summary>
internal static class ReportsSideBySide
{
    private const int MaxListed = 3;

    /// <summary>Checks that reports are about the same questions; the order of reports and answers doesn't matter.</summary>
    /// <exception cref="ArgumentException">There are no reports, or they are about different questions.</exception>
    public static void Require(IReadOnlyList<EvaluationReport> reports)
    {
        ArgumentNullException.ThrowIfNull(reports);
        if (reports.Count == 0)
        {
            throw new ArgumentException("There are no reports to write: give at least one.", nameof(reports));
        }

        EvaluationReport first = reports[0];
        foreach (EvaluationReport other in reports.Skip(1))
        {
            string[] onlyFirst = Missing(first, other), onlyOther = Missing(other, first);
            if (onlyFirst.Length + onlyOther.Length > 0)
            {
                throw new ArgumentException(
                    $"'{first.Name}' has {first.Answers.Count} questions and '{other.Name}' has {other.Answers.Count}; "
                    + $"ids only in the first: {Describe(onlyFirst)}, only in the second: {Describe(onlyOther)}. Scores of "
                    + "different questions don't belong in one table. Write separate tables, or compare the shared questions "
                    + "with ReportComparison.Compare. If they are the same questions under other ids, for example from another "
                    + "file, give both the same ids (ExampleColumns.Id).",
                    nameof(reports));
            }
        }
    }

    // An id must occur equally often in both reports.
    private static string[] Missing(EvaluationReport from, EvaluationReport other)
    {
        Dictionary<string, int> left = Ids(other).CountBy(id => id, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        return [.. Ids(from).Where(id => (left[id] = left.GetValueOrDefault(id) - 1) < 0)];
    }

    private static IEnumerable<string> Ids(EvaluationReport report) => report.Answers.Select(answer => answer.Example.Id);

    private static string Describe(string[] ids) => ids.Length == 0
        ? "0"
        : $"{ids.Length} ({string.Join(", ", ids.Take(MaxListed).Select(id => $"'{id}'"))}{(ids.Length > MaxListed ? ", …" : "")})";
}
