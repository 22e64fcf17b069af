namespace MedR1.Modeling;

/// <summary>A file does not fit on its disk; what was there before is untouched and nothing half-written is left.</summary>
public sealed class DiskFullException : IOException
{
    private const int UnixNoSpace = 28;
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);

    /// <summary>Creates an exception from the parts of its message.</summary>
    /// <param name="path">The file that was to be written.</param>
    /// <param name="requiredBytes">How many bytes it needs.</param>
    /// <param name="availableBytes">How many bytes are free.</param>
    /// <param name="innerException">The error of the system, if writing had begun.</param>
    public DiskFullException(string path, long requiredBytes, long availableBytes, Exception? innerException = null)
        : base(
            $"'{path}' needs {requiredBytes} bytes, but {availableBytes} are free on its disk. "
            + "Free some space, or choose another folder; nothing half-written is left.",
            innerException)
    {
        Path = path;
        RequiredBytes = requiredBytes;
        AvailableBytes = availableBytes;
    }

    /// <summary>The file or folder that was to be written.</summary>
    public string Path { get; }

    /// <summary>The minimum number of bytes it needs.</summary>
    public long RequiredBytes { get; }

    /// <summary>How many bytes are free.</summary>
    public long AvailableBytes { get; }

    /// <summary>Whether a system error says that a disk is full.</summary>
    /// <param name="exception">The error.</param>
    public static bool IsCause(IOException exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return exception.HResult is UnixNoSpace or WindowsDiskFull or WindowsHandleDiskFull;
    }

    /// <summary>Creates an exception that says which file a system error was about.</summary>
    /// <param name="path">The file or folder that was to be written.</param>
    /// <param name="requiredBytes">The minimum number of bytes it needs.</param>
    /// <param name="exception">The error.</param>
    public static DiskFullException From(string path, long requiredBytes, IOException exception) =>
        new(path, requiredBytes, AtomicFile.FreeBytes(path) ?? 0, exception);
}
