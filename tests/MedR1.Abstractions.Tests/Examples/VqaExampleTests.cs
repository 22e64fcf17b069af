namespace MedR1.Abstractions.Tests;

public sealed class VqaExampleTests
{
    private static readonly VqaExample Choice = new()
    {
        Id = "q1", Question = "Which organ?", Options = ["Liver", "Lung", "Heart"], Answer = "Lung",
    };

    [Theory]
    [InlineData("Lung", "B")]
    [InlineData(" Lung\n", "B")]
    [InlineData("lung", null)]
    [InlineData("Kidney", null)]
    [InlineData("", null)]
    public void Without_a_place_the_right_option_is_the_one_that_reads_as_the_answer(string answer, string? letter)
    {
        VqaExample example = Choice with { Answer = answer };
        Assert.Equal(letter, example.AnswerLetter);
        Assert.Equal($"<answer> {letter ?? answer} </answer>", example.Solution);
    }

    [Fact]
    public void Without_a_place_two_equal_options_are_none() =>
        Assert.Null((Choice with { Options = ["Lung", "Lung ", "Heart"] }).AnswerIndex);

    [Fact]
    public void An_open_question_has_no_place() => Assert.Null((Choice with { Options = [] }).AnswerIndex);

    [Fact]
    public void The_place_follows_options_that_are_set_later_unless_it_is_given()
    {
        VqaExample turned = Choice with { Options = ["Lung", "Liver"] };
        Assert.Equal(0, turned.AnswerIndex);
        Assert.Equal(1, (Choice with { AnswerIndex = 1 } with { Options = ["Lung", "Liver"] }).AnswerIndex);
        Assert.Equal(Choice, Choice with { Id = "q1" });
    }

    [Theory]
    [InlineData(3)]
    [InlineData(-1)]
    public void A_place_that_no_option_has_is_named_where_it_is_used(int index)
    {
        VqaExample example = Choice with { AnswerIndex = index };
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => example.Solution);
        Assert.Equal(
            $"Example 'q1' has AnswerIndex {index}, but its 3 options have indices 0 to 2. Set it to the index of the "
            + "right one.", error.Message);
        Assert.Throws<InvalidOperationException>(() => example.AnswerLetter);
    }

    // As where a question's text holds its options.
    [Fact]
    public void A_place_without_options_needs_a_letter_only()
    {
        VqaExample example = Choice with { Options = [], AnswerIndex = 25 };
        Assert.Equal("Z", example.AnswerLetter);
        Assert.Throws<InvalidOperationException>(() => (example with { AnswerIndex = 26 }).AnswerIndex);
    }

    [Fact]
    public void It_prints_what_is_asked_even_where_the_place_is_wrong() => Assert.Equal(
        "q1: Which organ? A)Liver, B)Lung, C)Heart [images: 0] -> Lung", (Choice with { AnswerIndex = 9 }).ToString());
}
