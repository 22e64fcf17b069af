namespace MedR1.Evaluation.Tests;

public sealed class BlindPriorTests
{
    private static readonly VqaExample[] s_train =
        [Examples.Choice(0, "CT", "MRI"), Examples.Choice(0, "CT", "PET"), Examples.Choice(1, "CT", "PET.")];

    // CT: right in 2 of 3 offers, so (2 + 0.25) / 4; PET without its dot: 1 of 2; never seen: 0.25 / 1.
    [Fact]
    public void Scores_options_by_how_often_they_were_right()
    {
        BlindPrior prior = BlindPrior.Fit([.. s_train, Examples.OptionsInText]);
        Assert.Equal(3, prior.TrainCount);
        Assert.Equal(0.5625, prior.ScoreOf("ct"));
        Assert.Equal(1.25 / 3, prior.ScoreOf("PET"));
        Assert.Equal(0.25, prior.ScoreOf("X-ray"));
        Assert.Equal(1, prior.Choose(["MRI", "CT", "CT"]));
        Assert.Equal(0, prior.Choose(["Angiography", "X-ray"]));
    }

    [Fact]
    public void Can_distinguish_texts_by_their_spelling()
    {
        BlindPrior prior = BlindPrior.Fit(s_train, exactText: true);
        Assert.Equal(1.25 / 2, prior.ScoreOf("PET."));
        Assert.Equal(0.25 / 2, prior.ScoreOf("PET"));
        Assert.Equal(0.25, prior.ScoreOf("ct"));
        Assert.Equal("blind option prior, exact text", prior.Evaluate(s_train).Name);
    }

    [Fact]
    public void Answers_test_questions_and_skips_open_ones()
    {
        EvaluationReport report = BlindPrior.Fit(s_train).Evaluate(
        [
            Examples.Choice(1, "MRI", "CT"), Examples.Choice(0, "MRI", "CT"),
            new VqaExample { Id = "o", Question = "?", Answer = "x" }, Examples.OptionsInText,
        ]);
        Assert.Equal(new Accuracy(1, 2), report.Overall.Accuracy);
        Assert.Equal((BlindPrior.RuleName, "blind option prior"), (report.Rule, report.Name));
        Assert.Throws<ArgumentException>(() => BlindPrior.Fit([]).Choose([]));
    }

    // Of three B and two C, B is neither the first seen nor the one whose indices add up to most. A and B twice each: A comes first.
    [Fact]
    public void Chooses_the_letter_that_was_right_most_often()
    {
        int[] places = [2, 1, 2, 1, 1];
        Assert.Equal(1, MajorityLetter.Fit(places.Select(place => Examples.Choice(place, "a", "b", "c"))).Index);
        MajorityLetter majority = MajorityLetter.Fit([.. s_train, Examples.Choice(1, "a", "b")]);
        Assert.Equal(0, majority.Index);
        Assert.Equal(new Accuracy(2, 3), majority.Evaluate(s_train).Overall.Accuracy);
        Assert.Equal(new Accuracy(0, 1), majority.Evaluate([Examples.OptionsInText]).Overall.Accuracy);
        Assert.Throws<ArgumentException>(() => MajorityLetter.Fit([]));
    }
}
