namespace MedR1.Modeling;

/// <summary>
/// A file does not fit on its disk; what was there before is untouched and nothing half-written is left.
/// </summary>
public sealed class DiskFullException : IOException
{
    /// <summary>Builds the message from its parts.</summary>
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

    /// <summary>The file that was to be written.</summary>
    public string Path { get; }

    /// <summary>How many bytes it needs.</summary>
    public long RequiredBytes { get; }

    /// <summary>How many bytes are free.</summary>
    public long AvailableBytes { get; }
}
