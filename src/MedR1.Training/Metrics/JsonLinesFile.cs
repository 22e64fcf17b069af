namespace MedR1.Training;

/// <summary>Opens files to which one run after another appends lines.</summary>
internal static class JsonLinesFile
{
    /// <summary>Opens a file at its end, creating it and its folder if missing.</summary>
    /// <exception cref="IOException">The file can't be written.</exception>
    public static AppendedFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        bool isTorn = IsTorn(path);
        AppendedFile file = new(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0));
        if (isTorn)
        {
            file.Precede("\n"u8);
        }

        return file;
    }

    // A run that was killed while writing, or whose disk was full, leaves half a line; the next line must not be appended to it. A pipe has
    // no length, and opening it for reading would wait for a writer.
    private static bool IsTorn(string path)
    {
        if (new FileInfo(path) is not { Exists: true, Length: > 0 })
        {
            return false;
        }

        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Seek(-1, SeekOrigin.End);
        return file.ReadByte() != '\n';
    }
}
