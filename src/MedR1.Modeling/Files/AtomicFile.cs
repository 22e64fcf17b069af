namespace MedR1.Modeling;

/// <summary>
/// A file that appears complete or not at all: it is written to a temporary file in the same folder, flushed to disk, and
/// renamed by <see cref="Commit"/>. Disposing it without a commit deletes the temporary file.
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
    /// <param name="path">The final path of the file.</param>
    /// <param name="length">The final length of the file in bytes.</param>
    /// <param name="create">Creates the temporary file; <see langword="null"/> for a plain file.</param>
    /// <exception cref="DiskFullException">The disk has less free space.</exception>
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

    /// <summary>The CRC-32C of the bytes appended so far.</summary>
    public uint Checksum => _checksum.Value;

    /// <summary>Checks that a file would fit on its disk.</summary>
    /// <param name="path">The path of the file; its folder must exist.</param>
    /// <param name="length">The length of the file in bytes.</param>
    /// <exception cref="DiskFullException">The disk has less free space.</exception>
    public static void RequireSpace(string path, long length)
    {
        if (DiskSpace.FreeAt(path) is { } free && free < length)
        {
            throw new DiskFullException(path, length, free);
        }
    }

    /// <summary>Writes a file that is complete on disk but keeps its temporary name until <see cref="Commit"/>.</summary>
    /// <exception cref="DiskFullException">The disk is full; no partial file remains.</exception>
    public static AtomicFile Prepare(string path, ReadOnlySpan<byte> content)
    {
        AtomicFile file = new(path, content.Length);
        try
        {
            file.Append(content);
            file.Complete();
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Appends bytes.</summary>
    /// <exception cref="DiskFullException">The disk is full.</exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        _checksum.Append(bytes);
        Guard(bytes, static (stream, content) => stream.Write(content));
    }

    /// <summary>Flushes the file to disk and closes it; it keeps its temporary name until <see cref="Commit"/>.</summary>
    /// <exception cref="DiskFullException">The disk is full.</exception>
    public void Complete()
    {
        Guard([], static (stream, _) => stream.Flush(flushToDisk: true));
        _stream!.Dispose();
        _stream = null;
        _complete = true;
    }

    /// <summary>Renames the completed file to its final path.</summary>
    public void Commit()
    {
        File.Move(_temporary, _path, overwrite: true);
        _complete = false;
    }

    /// <summary>Deletes the temporary file unless it was committed.</summary>
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
            // First deleted, so that its bytes count as free.
            Dispose();
            throw DiskFullException.From(_path, _length, exception);
        }
    }
}
