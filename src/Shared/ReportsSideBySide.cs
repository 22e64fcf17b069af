using MedR1.Evaluation;

namespace MedR1;

/// <summary>What reports must have in common to stand in one table.</summary>
internal static class ReportsSideBySide
{
    /// <exception cref="ArgumentException">There is none, or they are about different numbers of questions.</exception>
    public static void Require(IReadOnlyList<EvaluationReport> reports)
    {
        ArgumentNullException.ThrowIfNull(reports);
        if (reports.Count == 0)
        {
            throw new ArgumentException("There is no report to write: give at least one.", nameof(reports));
        }

        EvaluationReport first = reports[0];
        if (reports.FirstOrDefault(report => report.Answers.Count != first.Answers.Count) is EvaluationReport other)
        {
            throw new ArgumentException(
                $"'{first.Name}' is about {first.Answers.Count} questions and '{other.Name}' about {other.Answers.Count}: scores "
                + "of different questions don't belong in one table. Write them apart.",
                nameof(reports));
        }
    }
}
