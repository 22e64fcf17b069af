namespace MedR1.Evaluation.Tests;

public sealed class SampledReportTests
{
    private static readonly SampledReport s_report = SampledReport.Create("model", "rule",
        [Question("B", "A", "B", null), Question("A", "A", null, "B"), Question("C", "A", "B", null)]);

    // First question: A and B have one vote each, A was answered first, B is right.
    [Fact]
    public void Majority_prefers_the_first_of_equals_and_ignores_unreadable_answers()
    {
        Assert.Equal([false, true, false], Right(s_report.MajorityAt(3)));
        SampledAnswers question = Question("B", null, "A", "B", "B");
        Assert.Equal(
            [null, "A", "A", "B"], Enumerable.Range(1, 4).Select(count => question.Majority(count).Scored.Answer));
        Assert.Equal("model, majority@3", s_report.MajorityAt(3).Name);
    }

    // One vote each, then two each: neither the alphabet nor the last vote decides.
    [Fact]
    public void The_first_of_equals_need_not_be_the_first_letter()
    {
        SampledAnswers question = Question("A", "B", "A", "A", "B");
        Assert.Equal(
            ["B", "B", "A", "B"], Enumerable.Range(1, 4).Select(count => question.Majority(count).Scored.Answer));
        Assert.Same(question.Answers[0], question.Majority(4));
    }

    [Fact]
    public void Best_is_chosen_by_the_score_of_the_caller()
    {
        EvaluationReport best = s_report.BestAt(3, answer => answer.Text == "B" ? 1 : 0);
        Assert.Equal([true, false, false], Right(best));
        Assert.Equal([false, true, false], Right(s_report.BestAt(1, answer => answer.Text == "B" ? 1 : 0)));
    }

    // Right of three: 1, 1, 0. Any of two: second of the first question, first of the second. Pass@2 for 1 of 3: 2 / 3.
    [Fact]
    public void Counts_right_answers_among_several()
    {
        Assert.Equal(3, s_report.SampleCount);
        Assert.Equal(2.0 / 9, s_report.MeanAccuracy, 12);
        Assert.Equal(new Accuracy(1, 3), s_report.AnyCorrectAt(1));
        Assert.Equal(new Accuracy(2, 3), s_report.AnyCorrectAt(2));
        Assert.Equal(4.0 / 9, s_report.PassAt(2), 12);
        Assert.Equal(s_report.MeanAccuracy, s_report.PassAt(1), 12);
    }

    // Two guesses among three options: 1 − (2/3)².
    [Fact]
    public void Reports_the_chance_of_guessing() => Assert.Equal(5.0 / 9, s_report.ChanceOfAnyAt(2), 12);

    // Chance: (1/3 + 1/2 + 0) / 3, since nobody guesses an open question.
    [Fact]
    public void Questions_may_differ_in_their_answers_and_options()
    {
        VqaExample open = new() { Id = "o", Question = "?", Answer = "x" };
        SampledReport report = SampledReport.Create("model", "rule",
        [
            Question("A", "A", "B", "A"),
            new SampledAnswers(Examples.Choice(0, "x", "y"), [Examples.Answered(true)]),
            new SampledAnswers(open, [Examples.Answered(false, open), Examples.Answered(false, open)]),
        ]);
        Assert.Equal(1, report.SampleCount);
        Assert.Equal((2.0 / 3 + 1 + 0) / 3, report.MeanAccuracy, 12);
        Assert.Equal(5.0 / 18, report.ChanceOfAnyAt(1), 12);
    }

    [Fact]
    public void Refuses_more_answers_than_there_are()
    {
        Assert.Contains("has 3 answers", Assert.Throws<ArgumentOutOfRangeException>(() => s_report.MajorityAt(4)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => s_report.BestAt(4, _ => 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => s_report.AnyCorrectAt(4));
        Assert.Throws<ArgumentOutOfRangeException>(() => s_report.PassAt(4));
        Assert.Throws<ArgumentOutOfRangeException>(() => s_report.ChanceOfAnyAt(0));
        Assert.Throws<ArgumentException>(() => SampledReport.Create("m", "r", []));
    }

    private static SampledAnswers Question(string gold, params string?[] said)
    {
        VqaExample example = Examples.Choice(gold[0] - 'A', "x", "y", "z");
        return new SampledAnswers(
            example,
            [.. said.Select(text => new EvaluatedAnswer(example, text ?? "?", new ScoredAnswer(text, text == gold)))]);
    }

    private static bool[] Right(EvaluationReport report) =>
        [.. report.Answers.Select(answer => answer.Scored.IsCorrect)];
}
