namespace MedR1.Evaluation.Tests;

public sealed class ReportComparisonTests
{
    // Right before: q0 to q5, after: q4 to q11; the even ones are CT.
    private static readonly EvaluationReport s_before = Report("before", index => index < 6, 12);
    private static readonly EvaluationReport s_after = Report("after", index => index >= 4, 12);

    [Fact]
    public void Pairs_answers_by_question()
    {
        ReportComparison comparison = ReportComparison.Compare(s_before, s_after);
        Assert.Equal(new McNemarTest(2, 4, 6, 0), comparison.Overall);
        Assert.Equal(["q6", "q7", "q8", "q9", "q10", "q11"], comparison.NewlyCorrect.Select(pair => pair.First.Example.Id));
        Assert.Equal(["q0", "q1", "q2", "q3"], comparison.NewlyIncorrect.Select(pair => pair.First.Example.Id));
        GroupComparison ct = comparison.Groups.Single(group => group.Group == ImagingModality.CT.Value);
        Assert.Equal(("modality", new McNemarTest(1, 2, 3, 0)), (ct.Grouping, ct.Test));
        Assert.Equal(1, ct.AdjustedPValue);
        Assert.Empty(comparison.Warnings);
    }

    [Fact]
    public void Says_what_is_not_comparable()
    {
        ReportComparison comparison = ReportComparison.Compare(
            s_before, Report("after", _ => true, 3).Rescore(ScoringRules.ExactOutput));
        Assert.Equal((9, 0, 3), (comparison.OnlyInFirst, comparison.OnlyInSecond, comparison.Shared.Count));
        Assert.Contains(comparison.Warnings, warning => warning.Contains("scoring rule differs: med-r1 and exact-output"));
        Assert.Contains(comparison.Warnings, warning => warning.Contains("9 questions are only in the first"));
    }

    [Fact]
    public void Reports_different_prompts_or_sampling()
    {
        ReportOrigin greedy = new() { Prompt = "think", Sampling = "greedy" };
        Assert.Equal(
            ["The sampling differs: greedy and 8 answers."], Warnings(greedy, greedy with { Sampling = "8 answers" }));
        Assert.Equal(["The sampling differs: (unknown) and greedy."], Warnings(greedy with { Sampling = null }, greedy));
        Assert.Equal(["The prompt differs: think and no think."], Warnings(greedy, greedy with { Prompt = "no think" }));
        Assert.Empty(Warnings(greedy, greedy with { Model = "another", Seed = 2 }));

        static IReadOnlyList<string> Warnings(ReportOrigin first, ReportOrigin second) => ReportComparison.Compare(
            EvaluationReport.Create("before", "med-r1", s_before.Answers, first),
            EvaluationReport.Create("after", "med-r1", s_after.Answers, second)).Warnings;
    }

    [Fact]
    public void Refuses_reports_that_can_not_be_paired()
    {
        Assert.Contains("two questions with the id", Assert.Throws<ArgumentException>(
            () => ReportComparison.Compare(s_before, Examples.Report("same ids", 1, 2))).Message);
        EvaluationReport other = EvaluationReport.Create("other", "med-r1",
            [Examples.Answered(true, Examples.Choice(0, "changed", "b") with { Id = "q0" })]);
        Assert.Contains("the data set changed", Assert.Throws<ArgumentException>(
            () => ReportComparison.Compare(s_before, other)).Message);
        EvaluationReport strange = EvaluationReport.Create("strange", "med-r1",
            [Examples.Answered(true, Examples.Choice(0, "a", "b") with { Id = "else" })]);
        Assert.Contains("questions in common", Assert.Throws<ArgumentException>(
            () => ReportComparison.Compare(s_before, strange)).Message);
    }

    // CT (even): only the second is right, 6 times, so p is 2 / 2⁶; MRI (odd): 3 of 6 each way, so p is 1. With two groups, the
    // smaller p is doubled (Holm).
    [Fact]
    public void Groups_are_corrected_for_their_number()
    {
        ReportComparison comparison = ReportComparison.Compare(
            Report("before", index => index is 1 or 3 or 5, 12), Report("after", index => index % 2 == 0 || index > 6, 12));
        GroupComparison[] groups = [.. comparison.Groups.Where(group => group.Grouping == "modality")];
        Assert.Equal([ImagingModality.CT.Value, ImagingModality.MRI.Value], groups.Select(group => group.Group));
        Assert.Equal([0.03125, 1], groups.Select(group => group.Test.ExactPValue));
        Assert.Equal([0.0625, 1], groups.Select(group => group.AdjustedPValue));
    }

    [Fact]
    public void Questions_only_in_the_second_report_are_counted()
    {
        ReportComparison comparison = ReportComparison.Compare(Report("before", _ => true, 3), s_after);
        Assert.Equal((0, 9, 3), (comparison.OnlyInFirst, comparison.OnlyInSecond, comparison.Shared.Count));
        Assert.Equal(["9 questions are only in the second report and were left out."], comparison.Warnings);
    }

    public static TheoryData<VqaExample> Changed
    {
        get
        {
            VqaExample same = s_before.Answers[0].Example;
            return
            [
                same with { Question = "What?" }, same with { AnswerIndex = 1 }, same with { Answer = "c" },
                same with { Options = ["a", "c"] }, same with { Options = ["a"] },
            ];
        }
    }

    [Theory]
    [MemberData(nameof(Changed))]
    public void A_single_difference_makes_it_another_question(VqaExample other) => Assert.Contains(
        "the data set changed",
        Assert.Throws<ArgumentException>(() => ReportComparison.Compare(
            s_before, EvaluationReport.Create("after", "med-r1", [Examples.Answered(true, other)]))).Message);

    private static EvaluationReport Report(string name, Func<int, bool> isCorrect, int count) =>
        EvaluationReport.Create(name, "med-r1", Enumerable.Range(0, count).Select(index => Examples.Answered(
            isCorrect(index), Examples.Choice(0, "a", "b") with
            {
                Id = $"q{index}",
                Modality = index % 2 == 0 ? ImagingModality.CT : ImagingModality.MRI,
            })));
}
