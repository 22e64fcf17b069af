namespace MedR1.Conventions.Tests;

/// <summary>Links in the documentation have targets.</summary>
public sealed class LinkTests
{
    public static TheoryData<string> Pages => [.. MarkdownPage.All.Select(page => page.Path)];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_link_into_the_repository_has_its_target(string path) =>
        Assert.Empty(Broken(MarkdownPage.All.Single(page => page.Path == path)));

    [Theory]
    [InlineData("[a](nowhere.md)")]
    [InlineData("[a](docs/results.md#nothing-of-that-name)")]
    [InlineData("[a](#nothing-of-that-name)\n\n## Something else")]
    public void A_broken_link_would_be_found(string text) => Assert.Single(Broken(new MarkdownPage("none.md", text)));

    private static string[] Broken(MarkdownPage page) => [.. page.LocalLinks().Where(link => !HasTarget(page, link))];

    private static bool HasTarget(MarkdownPage page, string link)
    {
        string[] parts = link.Split('#', 2);
        string file = Path.GetFullPath(Path.Combine(page.Folder, parts[0]));
        MarkdownPage? target = parts[0].Length == 0 ? page : MarkdownPage.All.SingleOrDefault(other => other.File == file);
        return parts.Length == 1 ? File.Exists(file) || Directory.Exists(file) : target?.Anchors().Contains(parts[1]) == true;
    }
}
