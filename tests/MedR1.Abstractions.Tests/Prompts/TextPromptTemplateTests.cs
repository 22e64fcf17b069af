namespace MedR1.Abstractions.Tests;

public sealed class TextPromptTemplateTests
{
    private static readonly VqaExample Example = new()
    {
        Id = "q1", Question = "Which organ?", Options = ["{Problem}", "Lung"], Answer = "Lung",
    };

    [Theory]
    [InlineData("{Question} Answer.")]
    [InlineData("{Problem} Answer.")]
    public void Problem_and_question_are_placeholders_for_the_question_with_its_options(string text) =>
        Assert.Equal("Which organ? A){Problem}, B)Lung Answer.", Text(text));

    [Theory]
    [InlineData("{Problem} {nope}", "{nope}")]
    [InlineData("{Question} {Options}.", "{Options}")]
    [InlineData("{Problem} {question}", "{question}")]
    [InlineData("{Problem}{{answer_1}}", "{answer_1}")]
    public void Any_other_word_in_braces_is_refused(string text, string named)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => new TextPromptTemplate("mine", text));
        Assert.Contains($"contains {named}, which would appear unchanged in every prompt", error.Message, StringComparison.Ordinal);
        Assert.Contains("{Problem} and {Question}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{ "a": 1, "b": {"c": [2]} }""")]
    [InlineData(@"\boxed{answer} or \frac{a}{b} or x_{i}^{n}")]
    [InlineData("{ nope } {two words} {1}")]
    public void Other_braces_are_kept(string text) =>
        Assert.Equal($"{Example.Problem} {text}", Text("{Problem} " + text));

    [Fact]
    public void The_system_message_comes_first_and_is_taken_word_for_word()
    {
        VqaPrompt prompt = new TextPromptTemplate("mine", "{Problem} Answer.") { SystemMessage = "Think in {Problem}." }.Format(Example);

        Assert.Equal([ChatRole.System, ChatRole.User], prompt.Messages.Select(message => message.Role));
        Assert.Equal(
            ["Think in {Problem}.", $"{Example.Problem} Answer."],
            prompt.Messages.Select(message => Assert.IsType<TextPart>(Assert.Single(message.Content)).Text));
        Assert.Same(Example, prompt.Example);
    }

    [Fact]
    public void A_placeholder_may_be_in_braces_of_latex() =>
        Assert.Equal($@"\textbf{Example.Problem}", Text(@"\textbf{Problem}"));

    [Fact]
    public void A_template_without_a_placeholder_is_refused() => Assert.Contains(
        "neither {Problem} nor {Question}",
        Assert.Throws<ArgumentException>(() => new TextPromptTemplate("mine", "Say something.")).Message,
        StringComparison.Ordinal);

    private static string Text(string template) =>
        ((TextPart)new TextPromptTemplate("mine", template).Format(Example).Messages[0].Content[^1]).Text;
}
