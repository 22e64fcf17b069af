namespace MedR1.Evaluation.Tests;

public sealed class ScoringRulesTests
{
    private static readonly VqaExample s_example = Examples.Choice(2, "MRI", "Ultrasound", "CT", "PET scan.");

    // Where the published rules differ: line breaks, no tags, dots, case, text instead of a letter.
    [Theory]
    [InlineData("<think>x</think><answer>C</answer>", "med-r1 med-r1-training medvlm-r1 medevalkit lenient")]
    [InlineData("<answer>\nC\n</answer>", "med-r1 medvlm-r1 medevalkit lenient")]
    [InlineData("<answer>C.</answer>", "medevalkit lenient")]
    [InlineData("<answer>c</answer>", "medevalkit lenient")]
    [InlineData("C", "med-r1-training exact-output omnimedvqa-qa medevalkit lenient")]
    [InlineData(" C\n", "med-r1-training omnimedvqa-qa medevalkit lenient")]
    [InlineData("CT", "omnimedvqa-qa medevalkit lenient")]
    [InlineData("<answer>CT</answer>", "medevalkit lenient")]
    [InlineData("ultrasound", "")]
    [InlineData("", "")]
    public void Differ_like_their_published_code(string text, string rulesThatSayRight)
    {
        string[] expected = rulesThatSayRight.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        foreach (IScoringRule rule in ScoringRules.All)
        {
            Assert.True(expected.Contains(rule.Name) == rule.Score(s_example, text).IsCorrect,
                $"{rule.Name} on '{text}'");
        }
    }

    [Fact]
    public void Choose_the_first_of_equally_similar_options_and_none_without_a_match()
    {
        Assert.Equal(0, OmniMedVqaRule.MostSimilar(["ab", "ab"], "ab"));
        Assert.Null(OmniMedVqaRule.MostSimilar(["xyz", "xyy"], "ab"));
        Assert.Null(OmniMedVqaRule.MostSimilar([], "ab"));

        // Eight letters in common: a ratio of 16 / 20.
        Assert.Equal(
            new ScoredAnswer("Ultrasound", false), ScoringRules.Lenient.Score(s_example, "<answer>Ultrasonic</answer>"));
        Assert.Equal(new ScoredAnswer(null, false), ScoringRules.Lenient.Score(s_example, "<answer>?</answer>"));
        Assert.Equal(
            new ScoredAnswer(null, false), ScoringRules.OmniMedVqa.Score(Examples.Choice(0, "xyz", "xyy"), "ab"));
    }

    [Fact]
    public void Count_options_of_equal_text_as_equally_right()
    {
        VqaExample twice = Examples.Choice(1, "CT", "CT", "MRI");
        Assert.True(ScoringRules.OmniMedVqa.Score(twice, "CT").IsCorrect);
        Assert.True(ScoringRules.Lenient.Score(twice, "<answer>A</answer>").IsCorrect);
    }

    // The text "edema" names both options, and the first one is found.
    [Theory]
    [InlineData("A")]
    [InlineData("edema.")]
    [InlineData("Edema")]
    public void Count_options_that_differ_only_in_case_and_dots_as_equally_right(string text)
    {
        VqaExample twice = Examples.Choice(1, "Edema", "edema.", "CT");
        Assert.True(ScoringRules.Lenient.Score(twice, text).IsCorrect);
    }

    [Theory]
    [InlineData("<answer>c.</answer>", true)]
    [InlineData("ct", true)]
    [InlineData("<answer>B</answer>", false)]
    public void Know_the_letter_of_a_question_whose_options_are_in_its_text(string text, bool isRight)
    {
        VqaExample inText = s_example with { Question = "? A)MRI, B)Ultrasound, C)CT", Options = [] };
        Assert.Equal(isRight, ScoringRules.Lenient.Score(inText, text).IsCorrect);
    }

    [Fact]
    public void Score_open_questions_by_text()
    {
        VqaExample open = new() { Id = "o", Question = "?", Answer = "Edema" };
        Assert.True(ScoringRules.Lenient.Score(open, "<answer>edema.</answer>").IsCorrect);
        Assert.True(ScoringRules.MedR1.Score(open, "<answer>Edema</answer>").IsCorrect);
        Assert.False(ScoringRules.MedR1.Score(open, "<answer>edema</answer>").IsCorrect);
        Assert.False(ScoringRules.OmniMedVqa.Score(open, "Edema").IsCorrect);
    }

    [Fact]
    public void Are_found_by_name_or_listed_if_unknown()
    {
        Assert.All(ScoringRules.All, rule => Assert.Same(rule, ScoringRules.ByName(rule.Name)));
        Assert.Contains(
            "Known: med-r1, ", Assert.Throws<ArgumentException>(() => ScoringRules.ByName("MedR1")).Message);
    }
}
