namespace MedR1.Models.Qwen2VL;

/// <summary>Writes a folder as a whole: beside its place first, then into it in one move.</summary>
internal static class CheckpointFolder
{
    public static void Replace(string folder, Action<string> write)
    {
        string path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        string fresh = $"{path}.{Guid.NewGuid():N}.partial";
        string old = $"{path}.{Guid.NewGuid():N}.old";
        Directory.CreateDirectory(fresh);
        try
        {
            write(fresh);
            if (Directory.Exists(path))
                Directory.Move(path, old);
            try
            {
                Directory.Move(fresh, path);
            }
            catch when (Directory.Exists(old))
            {
                Directory.Move(old, path);
                throw;
            }
        }
        finally
        {
            if (Directory.Exists(fresh))
                Directory.Delete(fresh, recursive: true);
            if (Directory.Exists(old) && Directory.Exists(path))
                Directory.Delete(old, recursive: true);
        }
    }
}
