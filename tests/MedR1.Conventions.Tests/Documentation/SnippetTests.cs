namespace MedR1.Conventions.Tests;

/// <summary>Code in the documentation compiles as written.</summary>
public sealed class SnippetTests
{
    public static TheoryData<string> Snippets => [.. Snippet.All().Where(snippet => !snippet.IsExcerpt).Select(snippet => snippet.ToString())];

    [Theory]
    [MemberData(nameof(Snippets))]
    public void It_compiles(string place) =>
        Assert.Empty(SnippetCompiler.ErrorsOf(Snippet.All().Single(snippet => snippet.ToString() == place)));

    [Fact]
    public void A_wrong_name_would_be_found() =>
        Assert.Contains("LearningRat", Assert.Single(SnippetCompiler.ErrorsOf(
            new Snippet("none.md", 1, ".Configure(options => options.LearningRat = 1e-6)"))), StringComparison.Ordinal);

    [Fact]
    public void A_missing_using_would_be_found() =>
        Assert.NotEmpty(SnippetCompiler.ErrorsOf(
            new Snippet("none.md", 1, "using MedR1;\nIReward reward = new ChoiceAccuracyReward();")));
}
