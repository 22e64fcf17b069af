using System.Text.RegularExpressions;

namespace MedR1.Conventions.Tests;

/// <summary>A block of C# in a page, and the line on which it begins.</summary>
internal sealed partial record Snippet(string Page, int Line, string Code)
{
    /// <summary>All blocks of all pages.</summary>
    public static IEnumerable<Snippet> All() =>
        from page in MarkdownPage.All
        from Match block in Block().Matches(page.Text)
        select new Snippet(
            page.Path, page.Text[..block.Index].Count(character => character == '\n') + 2, block.Groups[1].Value);

    /// <summary>Whether the block omits something, or needs a package that the registry does not have.</summary>
    public bool IsExcerpt => Comment().Replace(Code, "").Contains('…', StringComparison.Ordinal)
        || Code.Contains("using SixLabors.ImageSharp", StringComparison.Ordinal);

    /// <summary>Whether the block has its own <c>using</c> lines: then it is a complete program, except for what is given.</summary>
    public bool HasUsings => Using().IsMatch(Code);

    /// <summary>The block as statements: the beginning is added to one that continues a builder or another block.</summary>
    public string Statements => Code switch
    {
        ['.', ..] => $"builder\n{Code.TrimEnd()};",
        _ when Code.StartsWith("catch", StringComparison.Ordinal) => $"try {{ }}\n{Code}",
        _ => Code,
    };

    /// <inheritdoc/>
    public override string ToString() => $"{Page}:{Line}";

    [GeneratedRegex("^```csharp\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"//[^\n]*|/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"^using [\w.]+;", RegexOptions.Multiline)]
    private static partial Regex Using();
}
