using BitMiracle.LibTiff.Classic;

namespace MedR1.Imaging.Tiff;

/// <summary>The bytes of a file, as LibTiff.NET reads them, and what it says about them.</summary>
internal sealed class TiffFile(ReadOnlyMemory<byte> bytes) : TiffStream
{
    private long _position;

    public TiffMessages Messages { get; } = new();

    public override int Read(object clientData, byte[] buffer, int offset, int count)
    {
        long left = Math.Clamp(bytes.Length - _position, 0, count);
        bytes.Span.Slice((int)Math.Min(_position, bytes.Length), (int)left).CopyTo(buffer.AsSpan(offset));
        _position += left;
        return (int)left;
    }

    public override long Seek(object clientData, long offset, SeekOrigin origin)
    {
        long start = origin switch
        {
            SeekOrigin.Begin => 0,
            SeekOrigin.Current => _position,
            _ => bytes.Length,
        };
        _position = Math.Max(0, start + offset);
        return _position;
    }

    public override void Write(object clientData, byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Close(object clientData)
    {
    }

    public override long Size(object clientData) => bytes.Length;
}
