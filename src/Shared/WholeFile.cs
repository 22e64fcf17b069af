namespace MedR1;

/// <summary>Writes files that are either all there or not at all, also when the program is killed.</summary>
internal static class WholeFile
{
    /// <summary>Writes a file; an existing one is replaced when the new one is complete. Its folder is made.</summary>
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        string target = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        string half = $"{target}.{Guid.NewGuid():N}.tmp";
        try
        {
            File.WriteAllBytes(half, bytes);
            File.Move(half, target, overwrite: true);
        }
        finally
        {
            File.Delete(half);
        }
    }
}
