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
    public void Without_an_index_the_right_option_is_the_one_equal_to_the_answer(string answer, string? letter)
    {
        VqaExample example = Choice with { Answer = answer };
        Assert.Equal(letter, example.AnswerLetter);
        Assert.Equal($"<answer> {letter ?? answer} </answer>", example.Solution);
    }

    [Fact]
    public void Without_an_index_two_equal_options_give_none() =>
        Assert.Null((Choice with { Options = ["Lung", "Lung ", "Heart"] }).AnswerIndex);

    [Fact]
    public void An_open_question_has_no_index() => Assert.Null((Choice with { Options = [] }).AnswerIndex);

    [Fact]
    public void The_index_follows_options_that_are_set_later_unless_it_is_given()
    {
        VqaExample turned = Choice with { Options = ["Lung", "Liver"] };
        Assert.Equal(0, turned.AnswerIndex);
        Assert.Equal(1, (Choice with { AnswerIndex = 1 } with { Options = ["Lung", "Liver"] }).AnswerIndex);
        Assert.Equal(Choice, Choice with { Id = "q1" });
    }

    [Theory]
    [InlineData(3)]
    [InlineData(-1)]
    public void An_index_out_of_range_is_refused_when_used(int index)
    {
        VqaExample example = Choice with { AnswerIndex = index };
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => example.Solution);
        Assert.Equal(
            $"Example 'q1' has AnswerIndex {index}, but its 3 options have indices 0 to 2. Set it to the index of the "
            + "right one.", error.Message);
        Assert.Throws<InvalidOperationException>(() => example.AnswerLetter);
    }

    // As if the text of a question contains its options.
    [Fact]
    public void An_index_without_options_needs_only_a_letter()
    {
        VqaExample example = Choice with { Options = [], AnswerIndex = 25 };
        Assert.Equal("Z", example.AnswerLetter);
        Assert.Throws<InvalidOperationException>(() => (example with { AnswerIndex = 26 }).AnswerIndex);
    }

    [Fact]
    public void It_prints_what_is_asked_even_where_the_place_is_wrong() => Assert.Equal(
        "q1: Which organ? A)Liver, B)Lung, C)Heart [images: 0] -> Lung", (Choice with { AnswerIndex = 9 }).ToString());
}
