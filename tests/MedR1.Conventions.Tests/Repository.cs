namespace MedR1.Conventions.Tests;

/// <summary>The checkout from which the tests were built.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static string Path(params ReadOnlySpan<string> parts) => System.IO.Path.Combine([Root, .. parts]);

    /// <summary>Source files under a folder, except for build output.</summary>
    public static IEnumerable<string> SourceFiles(string folder) =>
        Directory.EnumerateFiles(Path(folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal));

    /// <summary>The folders of the packages; shared sources are not a package.</summary>
    public static string[] PackageFolders() => Directory.GetDirectories(Path("src"), "MedR1.*");

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "MedR1.Core.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No MedR1.Core.sln above '{AppContext.BaseDirectory}'.");
    }
}
