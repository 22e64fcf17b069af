namespace MedR1.Datasets.Tests;

public sealed class ChoiceTextTests
{
    private const string OneLine = "What is it? A)CT, B)MRI";

    [Theory]
    [InlineData("B", 1, "MRI")]
    [InlineData("<answer>A</answer>", 0, "CT")]
    public void Without_a_column_of_options_a_question_whose_answer_is_one_of_its_letters_is_split(string answer, int index, string text)
    {
        ChoiceText choice = ChoiceText.Read(OneLine, null, hasOptionsColumn: false, answer);
        Assert.Equal(("What is it?", index, text), (choice.Question, choice.AnswerIndex, choice.AnswerText));
        Assert.Equal(["CT", "MRI"], choice.Options);
    }

    // C would be the letter of a third option.
    [Theory]
    [InlineData("C")]
    [InlineData("MRI")]
    [InlineData(null)]
    public void Without_a_column_of_options_other_questions_are_open(string? answer) =>
        AssertOpen(ChoiceText.Read(OneLine, null, hasOptionsColumn: false, answer), OneLine, answer);

    [Fact]
    public void With_a_column_of_options_a_row_without_any_is_open()
    {
        AssertOpen(ChoiceText.Read(OneLine, null, hasOptionsColumn: true, "B"), OneLine, "B");
        AssertOpen(ChoiceText.Read("What is it?", [], hasOptionsColumn: true, "B"), "What is it?", "B");
    }

    [Theory]
    [InlineData(new[] { "CT", "MRI" }, "What is it?")]
    [InlineData(new[] { "MRI", "CT" }, OneLine)]
    [InlineData(new[] { "CT", "MRI", "X-ray" }, OneLine)]
    public void A_question_is_split_if_it_repeats_exactly_the_options_of_the_column(string[] options, string question)
    {
        ChoiceText choice = ChoiceText.Read(OneLine, options, hasOptionsColumn: true, "B");
        Assert.Equal((question, 1, options[1]), (choice.Question, choice.AnswerIndex, choice.AnswerText));
        Assert.Equal(options, choice.Options);
    }

    // C and D are letters of no option here, so that they can only be texts.
    [Theory]
    [InlineData("A", 0, "C")]
    [InlineData("C", 0, "C")]
    [InlineData("D", 1, "D")]
    [InlineData("E", null, "E")]
    [InlineData(null, null, null)]
    public void An_answer_is_a_letter_before_it_is_a_text(string? answer, int? index, string? text)
    {
        ChoiceText choice = ChoiceText.Read("Which?", ["C", "D"], hasOptionsColumn: true, answer);
        Assert.Equal((index, text), (choice.AnswerIndex, choice.AnswerText));
    }

    private static void AssertOpen(ChoiceText choice, string question, string? answer)
    {
        Assert.Equal((question, null, answer), (choice.Question, choice.AnswerIndex, choice.AnswerText));
        Assert.Empty(choice.Options);
    }
}
