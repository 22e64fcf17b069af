namespace MedR1.Training;

/// <summary>Opens files that lines are appended to, one run after another.</summary>
internal static class JsonLinesFile
{
    /// <summary>Opens a file behind its last line, making it and its folder where they are missing.</summary>
    /// <exception cref="IOException">The file can't be written.</exception>
    public static FileStream Open(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        FileStream file = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        if (file.Length == 0)
        {
            return file;
        }

        // A run that was killed while it wrote, or whose disk was full, leaves half a line: the next must not be glued to it.
        file.Seek(-1, SeekOrigin.End);
        if (file.ReadByte() != '\n')
        {
            file.WriteByte((byte)'\n');
        }

        return file;
    }
}
