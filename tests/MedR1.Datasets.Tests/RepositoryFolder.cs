namespace MedR1.Datasets.Tests;

internal static class RepositoryFolder
{
    public static string Root { get; } = Find();

    public static string RealMini => Path.Combine(Root, "data", "real-mini");

    private static string Find()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Directory.Packages.props")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName
            ?? throw new DirectoryNotFoundException("The tests must run below the repository's folder.");
    }
}
