namespace MedR1.Evaluation.Tests;

public sealed class ReportTableTests
{
    private static readonly EvaluationReport s_before = Examples.Report("before", 1, 2);
    private static readonly EvaluationReport s_after = Examples.Report("af|ter", 2, 2);

    // Wilson's limits for 1 and 2 of 2: 0.5 ± 0.405469, and 2 / (2 + z²) = 0.342380.
    [Fact]
    public void Writes_markdown_with_the_rule_in_the_head()
    {
        Assert.Equal(
            """
            | group | questions | chance | before (med-r1) | af\|ter (med-r1) |
            | --- | --- | --- | --- | --- |
            | all | 2 | 50.0 | 50.0 (9.5 to 90.5) | 100.0 (34.2 to 100.0) |
            | (unknown) | 2 | 50.0 | 50.0 (9.5 to 90.5) | 100.0 (34.2 to 100.0) |
            | (unknown) | 2 | 50.0 | 50.0 (9.5 to 90.5) | 100.0 (34.2 to 100.0) |

            - before: rule med-r1 · seed 7 · model tiny (not hashed) · data list (sha256 0123456789ab).
            - af|ter: rule med-r1 · seed 7 · model tiny (not hashed) · data list (sha256 0123456789ab).

            These scores have no blind baseline beside them; see BlindPrior.

            """.ReplaceLineEndings("\n"),
            ReportTable.ToMarkdown(s_before, s_after));
    }

    [Fact]
    public void Writes_aligned_text_and_no_warning_with_a_blind_baseline()
    {
        string[] lines = ReportTable.ToText(s_before, Examples.Report("blind", 1, 2, BlindPrior.RuleName)).Split('\n');
        Assert.Equal("group      questions  chance     before (med-r1)  blind (blind-option-prior)", lines[0]);
        Assert.Equal("all                2    50.0  50.0 (9.5 to 90.5)          50.0 (9.5 to 90.5)", lines[1]);
        Assert.DoesNotContain(lines, line => line.Contains("No blind"));
    }

    [Fact]
    public void Refuses_to_compare_scores_of_different_questions()
    {
        Assert.Throws<ArgumentException>(() => ReportTable.ToText());
        Assert.Contains("has 2 questions", Assert.Throws<ArgumentException>(
            () => ReportTable.ToText(s_before, Examples.Report("more", 1, 3))).Message);
    }

    [Fact]
    public void Different_questions_of_equal_number_are_refused_and_a_different_order_is_not()
    {
        EvaluationReport report = Of("all", "a", "b", "c", "d", "e");

        Assert.Contains("all                5", ReportTable.ToText(report, Of("turned", "e", "d", "c", "b", "a")));
        Assert.Contains(
            "5 questions and 'others' has 5; ids only in the first: 4 ('b', 'c', 'd', …), only in the second: 4 ('v', 'w', 'x', …).",
            Assert.Throws<ArgumentException>(() => ReportTable.ToText(report, Of("others", "a", "v", "w", "x", "y"))).Message);
        Assert.Contains(
            "only in the first: 3 ('c', 'd', 'e'), only in the second: 0.",
            Assert.Throws<ArgumentException>(() => ReportTable.ToText(report, Of("fewer", "a", "b"))).Message);
        Assert.Contains(
            "only in the first: 0, only in the second: 1 ('a').",
            Assert.Throws<ArgumentException>(
                () => ReportTable.ToText(Of("once", "a", "b"), Of("twice", "a", "a", "b"))).Message);
        Assert.Contains(
            "If they are the same questions under other ids",
            Assert.Throws<ArgumentException>(() => ReportTable.ToText(Of("rows", "a.csv/0"), Of("lines", "b.jsonl/0"))).Message);
    }

    private static EvaluationReport Of(string name, params IEnumerable<string> ids) => EvaluationReport.Create(
        name, "med-r1", ids.Select(id => Examples.Answered(true, Examples.Choice(0, "x", "y") with { Id = id })));
}
