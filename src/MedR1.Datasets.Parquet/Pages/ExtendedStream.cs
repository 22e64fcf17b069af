namespace MedR1.Datasets.Parquet;

/// <summary>A file followed by bytes in memory, presented as one stream.</summary>
internal sealed class ExtendedStream(Stream file) : Stream
{
    private long _position;

    /// <summary>The bytes after the end of the file.</summary>
    public byte[] Extension { get; set; } = [];

    /// <summary>The offset of the extension: the file's length.</summary>
    public long FileLength => file.Length;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => file.Length + Extension.Length;

    public override long Position
    {
        get => _position;
        set => _position = value;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        int count;
        if (_position >= file.Length)
        {
            long start = Math.Min(_position - file.Length, Extension.Length);
            count = (int)Math.Min(buffer.Length, Extension.Length - start);
            Extension.AsSpan((int)start, count).CopyTo(buffer);
        }
        else
        {
            file.Position = _position;
            count = file.Read(buffer);
        }

        _position += count;
        return count;
    }

    public override long Seek(long offset, SeekOrigin origin) => _position = offset + origin switch
    {
        SeekOrigin.Begin => 0,
        SeekOrigin.Current => _position,
        _ => Length,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            file.Dispose();
        }

        base.Dispose(disposing);
    }
}
