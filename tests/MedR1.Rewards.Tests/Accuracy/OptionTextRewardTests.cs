namespace MedR1.Rewards.Tests;

public sealed class OptionTextRewardTests
{
    [Theory]
    [InlineData("C", 1.0)]
    [InlineData("c.", 1.0)]
    [InlineData("(C)", 1.0)]
    [InlineData("C. CT", 1.0)]
    [InlineData("C) ct", 1.0)]
    [InlineData(" ct ", 1.0)]
    [InlineData("CT.", 1.0)]
    [InlineData("C. MRI", 0.0)]
    [InlineData("A", 0.0)]
    [InlineData("MRI", 0.0)]
    [InlineData("E", 0.0)]
    [InlineData("", 0.0)]
    [InlineData("It is CT", 0.0)]
    public async Task Reads_letters_texts_and_both(string answer, double expected) =>
        Assert.Equal(expected, await new OptionTextReward().Score($"<think>x</think><answer>{answer}</answer>"));

    [Fact]
    public async Task Requires_tags_by_default()
    {
        Assert.Equal(0.0, await new OptionTextReward().Score("CT"));
        Assert.Equal(1.0, await new OptionTextReward(requireTags: false).Score("CT"));
        Assert.Equal(1.0, await new OptionTextReward(requireTags: false).Score("It is <answer>CT</answer>."));
    }

    [Fact]
    public async Task Counts_options_of_equal_text_as_equally_right()
    {
        VqaExample twice = Contexts.Choice with { Options = ["CT", "MRI", "CT", "X-ray"] };
        Assert.Equal(1.0, await new OptionTextReward().Score("<answer>A</answer>", twice));
    }

    // The text "edema" names both options, and the first one is found.
    [Theory]
    [InlineData("A")]
    [InlineData("B")]
    [InlineData("edema.")]
    [InlineData("B) Edema")]
    public async Task Counts_options_that_differ_only_in_case_and_dots_as_equally_right(string answer)
    {
        VqaExample twice = Contexts.Choice with { Options = ["Edema", "edema.", "CT"], AnswerIndex = 1 };
        Assert.Equal(1.0, await new OptionTextReward().Score($"<answer>{answer}</answer>", twice));
    }

    [Theory]
    [InlineData("C", 1.0)]
    [InlineData("c.", 1.0)]
    [InlineData("ct", 1.0)]
    [InlineData("B", 0.0)]
    [InlineData("MRI", 0.0)]
    public async Task Knows_the_letter_of_a_question_whose_options_are_in_its_text(string answer, double expected)
    {
        VqaExample inText = Contexts.Choice with { Question = "Which technique? A)MRI, B)Ultrasound, C)CT", Options = [] };
        Assert.Equal(expected, await new OptionTextReward().Score($"<answer>{answer}</answer>", inText));
    }

    [Fact]
    public async Task Compares_texts_of_open_questions() =>
        Assert.Equal(1.0, await new OptionTextReward().Score("<answer>EDEMA.</answer>", Contexts.Open));
}
