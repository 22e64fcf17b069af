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

    [Theory]
    [InlineData("<image>Find x.", 1, "[0] | Find x. Answer.")]
    [InlineData("Is\n<image>\nlike <image> or\r\n<image>?", 3, "Is | [0] | like  | [1] |  or | [2] | ? Answer.")]
    [InlineData("Compare them.<image><image>", 2, "Compare them. | [0] | [1] |  Answer.")]
    [InlineData("Which is older?", 2, "[0] | [1] | Which is older? Answer.")]
    [InlineData("<image>\nFind x in <image>", 0, "Find x in \n Answer.")]
    public void Images_stand_at_their_marks(string question, int images, string expected)
    {
        VqaPrompt prompt = new TextPromptTemplate("mine", "{Problem} Answer.").Format(WithImages(question, images));
        Assert.Equal(expected, string.Join(" | ", Assert.Single(prompt.Messages).Content.Select(part => part switch
        {
            TextPart text => text.Text,
            _ => $"[{((ImagePart)part).Image.Name}]",
        })));
    }

    [Theory]
    [InlineData("<image>?", 2, "has 2 images, but its prompt has 1 '<image>' marks")]
    [InlineData("<image><image>?", 1, "has 1 images, but its prompt has 2 '<image>' marks")]
    public void A_number_of_marks_that_is_not_that_of_the_images_is_refused(string question, int images, string named) =>
        Assert.Contains(
            named,
            Assert.Throws<ArgumentException>(() => new TextPromptTemplate("mine", "{Problem}").Format(WithImages(question, images))).Message,
            StringComparison.Ordinal);

    private static VqaExample WithImages(string question, int images) => new()
    {
        Id = "q2", Question = question, Answer = "", Images = [.. Enumerable.Range(0, images).Select(i => new BytesImageSource($"{i}", [1]))],
    };

    private static string Text(string template) =>
        ((TextPart)new TextPromptTemplate("mine", template).Format(Example).Messages[0].Content[^1]).Text;
}
