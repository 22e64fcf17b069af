namespace MedR1;

/// <summary>Tells a full disk from other errors, and how much space is left.</summary>
internal static class DiskSpace
{
    private const int UnixNoSpace = 28;
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);

    /// <summary>Whether a system error means that the disk is full.</summary>
    public static bool IsLacking(IOException exception) =>
        exception.HResult is UnixNoSpace or WindowsDiskFull or WindowsHandleDiskFull;

    /// <summary>
    /// Says what does not fit, which the system's error does not, and what to do, without the full stop at the end.
    /// </summary>
    /// <param name="path">The file or folder that was to be written.</param>
    /// <param name="required">The number of bytes required.</param>
    /// <param name="free">The free bytes; <see langword="null"/> if they are unknown.</param>
    public static string Lack(string path, long required, long? free) =>
        $"'{path}' needs {required} bytes, but {(free is null ? "its disk is full" : $"{free} are free on its disk")}. "
        + "Free some space, or choose another folder";

    /// <summary>Returns the free bytes on a path's disk, or <see langword="null"/> if the file system does not report them.</summary>
    public static long? FreeAt(string path)
    {
        try
        {
            return new DriveInfo(Path.GetDirectoryName(Path.GetFullPath(path))!).AvailableFreeSpace;
        }
        catch (Exception exception) when (exception is ArgumentException or IOException or UnauthorizedAccessException)
        {
            // Some network and virtual file systems do not report free space; a write to a full disk still fails.
            return null;
        }
    }
}
