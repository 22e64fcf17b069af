namespace MedR1.Modeling;

/// <summary>
/// A folder that contains other files in addition to those of a model, such as the output folder of a run. Those files must be
/// kept, so the folder can't be replaced as a whole.
/// </summary>
internal static class SharedFolder
{
    // Deleted first and written last: loaders reject a folder without a configuration, so an interrupted replacement is never read
    // as a mixture of two models.
    private static readonly string[] s_last = [ModelFiles.Configuration, ModelFiles.AdapterConfiguration];

    /// <summary>Whether a folder contains anything other than files that will be replaced or files of an earlier model.</summary>
    public static bool Is(string folder, string fresh) => Directory
        .EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories)
        .Any(entry => !Path.Exists(Path.Combine(fresh, Path.GetRelativePath(folder, entry))) && !IsStale(entry, folder, fresh));

    /// <summary>Moves the new files into the folder and deletes those of an earlier model; everything else is kept.</summary>
    public static void MoveInto(string folder, string fresh)
    {
        foreach (string name in s_last.Where(name => File.Exists(Path.Combine(fresh, name))))
        {
            File.Delete(Path.Combine(folder, name));
        }

        foreach (string file in Directory.GetFiles(folder).Where(file => IsStale(file, folder, fresh)))
        {
            File.Delete(file);
        }

        foreach (string file in Directory.GetFiles(fresh, "*", SearchOption.AllDirectories)
            .OrderBy(file => s_last.Contains(Path.GetRelativePath(fresh, file))))
        {
            string target = Path.Combine(folder, Path.GetRelativePath(fresh, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Move(file, target, overwrite: true);
        }
    }

    // Whether the file belongs to an earlier model and would be read instead of, or along with, the new model's files.
    private static bool IsStale(string entry, string folder, string fresh)
    {
        string name = Path.GetRelativePath(folder, entry);
        return File.Exists(Path.Combine(fresh, ModelFiles.Configuration)) && !File.Exists(Path.Combine(fresh, name))
            && File.Exists(entry) && (ModelFiles.Companions.Contains(name) || CheckpointIndex.IsWeightFile(name));
    }
}
