using System.Text.RegularExpressions;

namespace MedR1.Conventions.Tests;

/// <summary>A page of the documentation, by its path from the root of the repository.</summary>
internal sealed partial record MarkdownPage(string Path, string Text)
{
    private static readonly string[] s_folders = ["docs", "src", "samples", "benchmarks", "tests", "data"];

    /// <summary>All pages for readers: those in the root, <c>docs</c>, packages, samples, benchmarks, tests and data.</summary>
    public static IReadOnlyList<MarkdownPage> All { get; } = [.. Find()];

    /// <summary>The full path.</summary>
    public string File => Repository.Path(Path);

    /// <summary>The folder that links are relative to.</summary>
    public string Folder => System.IO.Path.GetDirectoryName(File)!;

    /// <summary>The anchors of the headings as on GitHub: lower case, punctuation dropped, spaces to hyphens.</summary>
    public IReadOnlySet<string> Anchors() => Heading().Matches(WithoutCode())
        .Select(heading => Dropped().Replace(heading.Groups[1].Value.ToLowerInvariant(), "").Replace(' ', '-'))
        .ToHashSet();

    /// <summary>The targets of links, except for those into the web.</summary>
    public IEnumerable<string> LocalLinks() => Link().Matches(WithoutCode())
        .Select(link => link.Groups[1].Value)
        .Where(target => !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal));

    private static IEnumerable<MarkdownPage> Find() =>
        from file in Directory.EnumerateFiles(Repository.Root, "*.md").Concat(
            s_folders.SelectMany(folder => Directory.EnumerateFiles(Repository.Path(folder), "*.md", SearchOption.AllDirectories)))
        let path = System.IO.Path.GetRelativePath(Repository.Root, file).Replace('\\', '/')
        where !path.Split('/').Any(part => part is "bin" or "obj")
        select new MarkdownPage(path, System.IO.File.ReadAllText(file));

    private string WithoutCode() => Fence().Replace(Text, "");

    [GeneratedRegex(@"^#+ +(.+?) *$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex Dropped();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}
