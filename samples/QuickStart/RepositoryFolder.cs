namespace MedR1.Samples.QuickStart;

/// <summary>Finds folders of the repository, wherever in it the program is started.</summary>
internal static class RepositoryFolder
{
    /// <exception cref="DirectoryNotFoundException">The folder is not above the program or the current folder.</exception>
    public static string Find(params ReadOnlySpan<string> parts)
    {
        string relative = Path.Combine(parts);
        foreach (string start in new[] { Directory.GetCurrentDirectory(), AppContext.BaseDirectory })
        {
            for (DirectoryInfo? folder = new(start); folder is not null; folder = folder.Parent)
            {
                string candidate = Path.Combine(folder.FullName, relative);
                if (Directory.Exists(candidate))
                {
                    return candidate;
                }
            }
        }

        throw new DirectoryNotFoundException($"There is no folder '{relative}' here. Run in a checkout of the repository, or give the folder.");
    }
}
