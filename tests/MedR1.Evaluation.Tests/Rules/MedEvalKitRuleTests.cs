using System.Text.Json;

namespace MedR1.Evaluation.Tests;

public sealed class MedEvalKitRuleTests
{
    private static readonly MedEvalKitRule s_rule = new();
    private static readonly VqaExample s_example = Examples.Choice(2, "MRI", "Ultrasound", "CT", "PET scan.");

    // Output of the kit's two functions (multiple choice and parsing) in Python 3.11 for these texts.
    [Theory]
    [InlineData("The answer is C.", "C")]
    [InlineData("**Answer**: C", "C")]
    [InlineData("\\boxed{C}", "C")]
    [InlineData("\\boxed{C", "B")]
    [InlineData("a {\\boxed{x{C}}}", "C")]
    [InlineData("c\n\nbecause it is bright", "C")]
    [InlineData("It is bright.\n\nC. CT", "C")]
    [InlineData("<answer>B</answer><answer>C</answer>", "C")]
    [InlineData("<answer></answer>C", "B")]
    [InlineData("I think it's a CT scan of the head", "D")]
    [InlineData("答案:C", "C")]
    [InlineData("E", "D")]
    [InlineData("zzzz", "A")]
    [InlineData("", "A")]
    public void Reads_like_the_kit(string text, string letter) =>
        Assert.Equal(new ScoredAnswer(letter, letter == "C"), s_rule.Score(s_example, text));

    // 80 random texts of tags, boxes, announcements and options, judged by the kit's functions in Python 3.11.
    [Fact]
    public void Judges_like_the_kit()
    {
        byte[] file = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Rules", "medevalkit.json"));
        Row[] rows = JsonSerializer.Deserialize<Row[]>(file, JsonSerializerOptions.Web)!;
        Assert.Equal(80, rows.Length);
        Assert.All(rows, row => Assert.True(
            row.Right == s_rule.Score(
                Examples.Choice(Array.IndexOf(row.Options, row.Gold), row.Options), row.Response).IsCorrect,
            row.ToString()));
    }

    [Fact]
    public void Chooses_the_last_of_equal_options_and_ignores_open_questions()
    {
        Assert.False(s_rule.Score(Examples.Choice(0, "CT", "CT", "MRI"), "A").IsCorrect);
        Assert.True(s_rule.Score(Examples.Choice(0, "CT", "CT", "MRI"), "B").IsCorrect);
        Assert.Equal(
            new ScoredAnswer(null, false),
            s_rule.Score(new VqaExample { Id = "o", Question = "?", Answer = "Edema" }, "Edema"));
    }

    // Similarity would choose "a. z", whose ratio to "z" is 2 / 5, before "z. t25" with 2 / 7.
    [Fact]
    public void Z_is_a_letter_if_there_are_26_options() => Assert.Equal(
        new ScoredAnswer("Z", true),
        s_rule.Score(Examples.Choice(25, ["z", .. Enumerable.Range(1, 25).Select(i => $"t{i}")]), "Z"));

    private sealed record Row(string[] Options, string Gold, string Response, bool Right);
}
