namespace MedR1.Evaluation.Tests;

public sealed class EvaluationReportTests
{
    private static readonly VqaExample s_ct = Examples.Choice(0, "a", "b", "c", "d") with
    {
        Modality = ImagingModality.CT,
        QuestionType = QuestionType.LesionGrading,
        Metadata = new Dictionary<string, string> { ["family"] = "f" },
    };

    private static readonly EvaluationReport s_report = EvaluationReport.Create("model", "rule",
    [
        Examples.Answered(true, s_ct),
        Examples.Answered(false, s_ct),
        Examples.Answered(true),
        new EvaluatedAnswer(Examples.Choice(0, "a", "b"), "?", new ScoredAnswer(null, false))
        {
            Completion = new Completion { Text = "?", TokenIds = [1], StopReason = StopReason.Length },
        },
    ]);

    [Fact]
    public void It_prints_its_numbers() => Assert.Equal(
        "model (rule): 2 of 4 right, 50.0 % (15.0 to 85.0), chance 37.5 %, unreadable 1, cut off 1", s_report.ToString());

    // Chance: (1/4 + 1/4 + 1/2 + 1/2) / 4.
    [Fact]
    public void Counts_over_all_and_by_group()
    {
        Assert.Equal(
            (2, 4, 0.375),
            (s_report.Overall.Accuracy.Correct, s_report.Overall.Accuracy.Count, s_report.Overall.Chance));
        Assert.Equal(["(unknown)", "CT(Computed Tomography)"], s_report.ByModality.Select(group => group.Group));
        Assert.Equal([0.5, 0.25], s_report.ByModality.Select(group => group.Chance));
        Assert.Equal(
            new Accuracy(1, 2), s_report.ByQuestionType.Single(group => group.Group == "Lesion Grading").Accuracy);
        Assert.Equal(["f"], s_report.ByFamily.Select(group => group.Group));
        Assert.Equal((1, 1), (s_report.UnreadableCount, s_report.TruncatedCount));
    }

    // An open question can't be guessed: (0 + 1/4) / 2.
    [Fact]
    public void An_open_question_is_never_right_by_chance()
    {
        VqaExample open = new() { Id = "open", Question = "What is seen?", Answer = "edema" };
        Assert.Equal(
            0.125,
            EvaluationReport.Create("model", "rule", [Examples.Answered(true, open), Examples.Answered(true, s_ct)]).Overall.Chance);
    }

    [Fact]
    public void The_same_answers_can_be_scored_by_another_rule()
    {
        EvaluationReport again = s_report.Rescore(ScoringRules.ExactOutput);
        Assert.Equal(("model", "exact-output", 3), (again.Name, again.Rule, again.Overall.Accuracy.Correct));
    }

    [Fact]
    public void Refuses_to_report_on_nothing() =>
        Assert.Contains(
            "'model' has no answer",
            Assert.Throws<ArgumentException>(() => EvaluationReport.Create("model", "rule", [])).Message);
}
