namespace MedR1.Models.Qwen2VL;

/// <summary>Checks the folder of a model, and reads its files other than the weights.</summary>
internal static class CheckpointFiles
{
    /// <summary>Checks that a folder contains a model.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">The folder has no config.json.</exception>
    public static void RequireModel(string folder)
    {
        RequireFolder(folder);
        string file = Path.Combine(folder, ModelFiles.Configuration);
        if (!File.Exists(file))
        {
            throw new FileNotFoundException(
                GivenFolder.InsteadOfModel(folder)
                    ?? $"'{folder}' has no {ModelFiles.Configuration}; give the folder of a model, as published or as written "
                    + "by Save.",
                file);
        }
    }

    /// <summary>Checks that a folder exists.</summary>
    /// <exception cref="ArgumentException">The name of the folder is empty, for instance because a setting is empty.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static void RequireFolder(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"'{folder}' " + GivenFolder.WhyMissing(folder) switch
            {
                (true, string why) => $"can't be accessed: {why}",
                (_, string why) => $"is not a folder. {why}",
                null => $"is not a folder; give the folder of a model, with its {ModelFiles.Configuration}."
                    + (IsHubName(folder) ? " Models of the Hugging Face hub are not downloaded: give the folder of a downloaded one." : ""),
            });
        }
    }

    // An owner and a name, as transformers takes them.
    private static bool IsHubName(string folder) =>
        folder.Split('/') is [{ Length: > 0 } owner, { Length: > 0 }] && owner[0] != '.' && !Directory.Exists(owner);

    /// <summary>Reads the existing companion files, so that a model can be saved even if its source folder is gone.</summary>
    public static IReadOnlyDictionary<string, byte[]> ReadCompanions(string folder) => ModelFiles.Companions
        .Where(name => File.Exists(Path.Combine(folder, name)))
        .ToDictionary(name => name, name => File.ReadAllBytes(Path.Combine(folder, name)));
}
