using System.Buffers;
using System.IO.MemoryMappedFiles;

namespace MedR1.Datasets.Arrow;

/// <summary>A memory-mapped file, which is read without copies; it also finds the file offset of a slice of its memory.</summary>
internal sealed unsafe class MappedFile : MemoryManager<byte>
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;
    private readonly int _length;

    /// <exception cref="IOException">The file can't be mapped, or is 2 GiB or larger.</exception>
    public MappedFile(string filePath)
    {
        long length = new FileInfo(filePath).Length;
        if (length is 0 or > int.MaxValue)
        {
            throw new IOException(
                $"it has {length} bytes, but 1 to {int.MaxValue} were expected. Save a larger data set to several files with a "
                + "smaller max_shard_size.");
        }

        _length = (int)length;
        _file = MemoryMappedFile.CreateFromFile(filePath, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        _view = _file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        _start += _view.PointerOffset;
    }

    /// <summary>The number of bytes in the file.</summary>
    public int Length => _length;

    /// <summary>The offset of a slice in the file; null if it is a copy.</summary>
    public long? OffsetOf(ReadOnlySpan<byte> piece)
    {
        fixed (byte* at = piece)
        {
            return at >= _start && at + piece.Length <= _start + _length ? at - _start : null;
        }
    }

    public override Span<byte> GetSpan() => new(_start, _length);

    public override MemoryHandle Pin(int elementIndex = 0) => new(_start + elementIndex);

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
            _file.Dispose();
        }
    }
}
