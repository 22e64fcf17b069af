namespace MedR1.Modeling;

/// <summary>
/// A file that appears whole or not at all: it is written beside its place under another name, flushed to the disk, and
/// renamed by <see cref="Commit"/>. Disposing it before that deletes what was written.
/// </summary>
internal sealed class AtomicFile : IDisposable
{
    private readonly string _path;
    private readonly string _temporary;
    private readonly long _length;
    private FileStream? _stream;
    private bool _complete;
    private Crc32C _checksum = new();

    /// <summary>Creates the temporary file.</summary>
    /// <param name="path">Where the file goes in the end.</param>
    /// <param name="length">How many bytes it will have.</param>
    /// <param name="create">Makes the temporary file; <see langword="null"/> for a plain one.</param>
    /// <exception cref="DiskFullException">They are not free.</exception>
    public AtomicFile(string path, long length, Func<string, FileStream>? create = null)
    {
        _path = Path.GetFullPath(path);
        _length = length;
        string folder = Path.GetDirectoryName(_path)!;
        _temporary = Path.Combine(
            folder, $".{Path.GetFileName(_path)}.{Guid.NewGuid():N}.tmp");
        RequireSpace(_path, length);
        _stream = create?.Invoke(_temporary)
            ?? new FileStream(_temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
    }

    /// <summary>The CRC-32C of what was appended so far.</summary>
    public uint Checksum => _checksum.Value;

    /// <summary>Checks that a file would fit on its disk.</summary>
    /// <param name="path">Where the file goes; its folder must exist.</param>
    /// <param name="length">How many bytes it will have.</param>
    /// <exception cref="DiskFullException">They are not free.</exception>
    public static void RequireSpace(string path, long length)
    {
        if (FreeBytes(path) is { } free && free < length)
        {
            throw new DiskFullException(path, length, free);
        }
    }

    /// <summary>Writes a file in one go.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        using AtomicFile file = new(path, content.Length);
        file.Append(content);
        file.Complete();
        file.Commit();
    }

    /// <summary>Appends bytes.</summary>
    /// <exception cref="DiskFullException">The disk is full.</exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        _checksum.Append(bytes);
        Guard(bytes, static (stream, content) => stream.Write(content));
    }

    /// <summary>Flushes to the disk and closes; the file still has its temporary name.</summary>
    /// <exception cref="DiskFullException">The disk is full.</exception>
    public void Complete()
    {
        Guard([], static (stream, _) => stream.Flush(flushToDisk: true));
        _stream!.Dispose();
        _stream = null;
        _complete = true;
    }

    /// <summary>Puts the complete file into its place.</summary>
    public void Commit()
    {
        File.Move(_temporary, _path, overwrite: true);
        _complete = false;
    }

    /// <summary>Deletes what was not committed.</summary>
    public void Dispose()
    {
        if (_stream is null && !_complete)
        {
            return;
        }

        _stream?.Dispose();
        _stream = null;
        _complete = false;
        File.Delete(_temporary);
    }

    private void Guard(ReadOnlySpan<byte> bytes, Action<FileStream, ReadOnlySpan<byte>> action)
    {
        try
        {
            action(_stream!, bytes);
        }
        catch (IOException exception) when (DiskFullException.IsCause(exception))
        {
            throw DiskFullException.From(_path, _length, exception);
        }
    }

    /// <summary>The free bytes of a path's disk; null where its file system does not tell.</summary>
    public static long? FreeBytes(string path)
    {
        try
        {
            return new DriveInfo(Path.GetDirectoryName(Path.GetFullPath(path))!).AvailableFreeSpace;
        }
        catch (Exception exception) when (exception is ArgumentException or IOException or UnauthorizedAccessException)
        {
            // Some network and virtual file systems do not report it; the write itself will.
            return null;
        }
    }
}
