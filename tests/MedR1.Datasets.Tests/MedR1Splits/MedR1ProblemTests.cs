using CsCheck;

namespace MedR1.Datasets.Tests;

public sealed class MedR1ProblemTests
{
    [Fact]
    public void Starts_the_options_at_the_marker_with_its_space()
    {
        MedR1Problem problem =
            MedR1Problem.Parse("Image quality assessment (IQA) matters. Which? A)Yes, it's fine., B)No., C)No.");
        Assert.Equal("Image quality assessment (IQA) matters. Which?", problem.Question);
        Assert.Equal(["Yes, it's fine.", "No.", "No."], problem.Options);
    }

    [Theory]
    [InlineData("What is it? A)a, B)b, D)d", new[] { "a", "b, D)d" })]
    [InlineData("What is it? A)only", new[] { "only" })]
    [InlineData("What is it? A), B)", new[] { "", "" })]
    [InlineData("What is it (A)a, B)b", new string[0])]
    [InlineData("", new string[0])]
    public void Accepts_further_options_only_in_order(string text, string[] options) =>
        Assert.Equal(options, MedR1Problem.Parse(text).Options);

    [Fact]
    public void Joining_restores_the_text()
    {
        string[] parts = [" A)", ", B)", ", C)", ", D)", "A)", ",", " ", "x", "(IQA)", "."];
        Gen.Int[0, parts.Length - 1].Array[0, 12].Select(picks => string.Concat(picks.Select(pick => parts[pick])))
            .Sample(
            text =>
            {
                MedR1Problem problem = MedR1Problem.Parse(text);
                VqaExample example =
                    new() { Id = "x", Question = problem.Question, Options = problem.Options, Answer = "" };
                return example.Problem == text;
            },
            iter: 2000, seed: "0000KzBQbl03", threads: 1);
    }
}
