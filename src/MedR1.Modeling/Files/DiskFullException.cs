namespace MedR1.Modeling;

/// <summary>Thrown when a file does not fit on its disk; existing files are unchanged and no partial file remains.</summary>
public sealed class DiskFullException : IOException
{
    /// <summary>Creates an exception from the parts of its message.</summary>
    /// <param name="path">The file that was to be written.</param>
    /// <param name="requiredBytes">The number of bytes required.</param>
    /// <param name="availableBytes">The number of free bytes; <see langword="null"/> if the file system does not report it.</param>
    /// <param name="innerException">The system's error, if writing had begun.</param>
    public DiskFullException(string path, long requiredBytes, long? availableBytes, Exception? innerException = null)
        : base($"{DiskSpace.Lack(path, requiredBytes, availableBytes)}; no partial file remains.", innerException)
    {
        Path = path;
        RequiredBytes = requiredBytes;
        AvailableBytes = availableBytes;
    }

    /// <summary>The file or folder that was to be written.</summary>
    public string Path { get; }

    /// <summary>The minimum number of bytes required.</summary>
    public long RequiredBytes { get; }

    /// <summary>The number of free bytes; <see langword="null"/> if the file system does not report it.</summary>
    public long? AvailableBytes { get; }

    /// <summary>Whether an error, of the system or already described, means that the disk is full.</summary>
    /// <param name="exception">The error.</param>
    public static bool IsCause(IOException exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return exception is DiskFullException || DiskSpace.IsLacking(exception);
    }

    /// <summary>Creates an exception that adds the affected file or folder to a system error.</summary>
    /// <param name="path">The file or folder that was to be written.</param>
    /// <param name="requiredBytes">The minimum number of bytes required.</param>
    /// <param name="exception">The error.</param>
    public static DiskFullException From(string path, long requiredBytes, IOException exception) =>
        new(path, requiredBytes, DiskSpace.FreeAt(path), exception);
}
