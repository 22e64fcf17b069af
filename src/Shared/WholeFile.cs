namespace MedR1;

/// <summary>Writes files that exist either completely or not at all, even if the program is killed.</summary>
internal static class WholeFile
{
    /// <summary>
    /// Writes a file, replacing an existing one only when the new one is complete. The folder is created if missing.
    /// </summary>
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        string target = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        string half = $"{target}.{Guid.NewGuid():N}.tmp";
        try
        {
            WriteThrough(half, bytes);
            File.Move(half, target, overwrite: true);
        }
        finally
        {
            File.Delete(half);
        }
    }

    /// <summary>Writes a file and waits until it is on disk.</summary>
    public static void WriteThrough(string path, ReadOnlySpan<byte> bytes)
    {
        using FileStream file = new(path, FileMode.Create, FileAccess.Write, FileShare.None);
        file.Write(bytes);
        file.Flush(flushToDisk: true);
    }
}
