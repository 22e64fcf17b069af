namespace MedR1;

/// <summary>Writes files that exist either completely or not at all, even if the program is killed.</summary>
internal static class WholeFile
{
    /// <summary>
    /// Writes a file, replacing an existing one only when the new one is complete. The folder is created if missing.
    /// </summary>
    /// <exception cref="IOException">The file can't be written; an existing one is unchanged.</exception>
    public static void Write(string path, byte[] bytes) => Write([(path, bytes)]);

    /// <summary>Writes files, replacing existing ones only when all new ones are complete. Their folders are created if missing.</summary>
    /// <exception cref="IOException">A file can't be written; unless it is the replacing that fails, existing ones are unchanged.</exception>
    public static void Write(IReadOnlyList<(string Path, byte[] Bytes)> files)
    {
        List<(string Half, string Target)> written = [];
        try
        {
            foreach ((string path, byte[] bytes) in files)
            {
                string target = Path.GetFullPath(path);
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                written.Add(($"{target}.{Guid.NewGuid():N}.tmp", target));
                WriteThrough(written[^1].Half, bytes, target);
            }

            written.ForEach(file => File.Move(file.Half, file.Target, overwrite: true));
        }
        finally
        {
            written.ForEach(file => File.Delete(file.Half));
        }
    }

    /// <summary>Writes a file and waits until it is on disk.</summary>
    /// <param name="path">The file.</param>
    /// <param name="bytes">Its content.</param>
    /// <param name="target">The path to name if the disk is full; <see langword="null"/> for that of the file.</param>
    public static void WriteThrough(string path, ReadOnlySpan<byte> bytes, string? target = null)
    {
        try
        {
            using FileStream file = new(path, FileMode.Create, FileAccess.Write, FileShare.None);
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }
        catch (IOException exception) when (DiskSpace.IsLacking(exception))
        {
            // First deleted, so that its bytes count as free.
            File.Delete(path);
            throw Full(target ?? path, bytes.Length, exception);
        }
    }

    /// <summary>
    /// Checks that a file can be written later, and creates its folder: a run of hours would otherwise fail when it writes it.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="what">What the file is, as the subject of a sentence.</param>
    /// <param name="example">A name for the file, for a path that is a folder.</param>
    /// <exception cref="IOException">The file can't be written.</exception>
    public static void RequireWritable(string path, string what, string example)
    {
        string target = Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target) ?? target);
            File.Create($"{target}.{Guid.NewGuid():N}.tmp", 1, FileOptions.DeleteOnClose).Dispose();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"{what} can't be written to '{path}': {exception.Message} Give a file in a folder that can be written to.", exception);
        }

        if (Directory.Exists(target))
        {
            throw new IOException(
                $"{what} can't be written to '{path}', which is a folder. Give a file, such as '{Path.Combine(path, example)}'.");
        }
    }

    /// <summary>The system's error with the file, its size and the free space, which it does not tell.</summary>
    internal static IOException Full(string target, long length, IOException exception) =>
        new($"{DiskSpace.Lack(target, length, DiskSpace.FreeAt(target))}.", exception) { HResult = exception.HResult };
}
