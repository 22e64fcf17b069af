using BitMiracle.LibTiff.Classic;

namespace MedR1.Imaging.Tiff;

/// <summary>The bytes of a file, as LibTiff.NET reads them, and what it says about them.</summary>
internal sealed class TiffFile : TiffStream
{
    // The header, the file after its header, and what follows the file.
    private readonly ReadOnlyMemory<byte>[] _parts;
    private long _position;

    /// <summary>Reads a file, BigTIFF as TIFF.</summary>
    /// <param name="bytes">The file, whose directory was checked.</param>
    public TiffFile(ReadOnlyMemory<byte> bytes)
    {
        (byte[] header, byte[] behind) = TiffLayout.Of(bytes.Span) is TiffLayout { IsBigTiff: true } layout
            ? ClassicDirectory.Of(bytes.Span, layout) : ([], []);
        _parts = [header, bytes[header.Length..], behind];
    }

    public TiffMessages Messages { get; } = new();

    private long Length => _parts.Sum(part => (long)part.Length);

    public override int Read(object clientData, byte[] buffer, int offset, int count)
    {
        Span<byte> to = buffer.AsSpan(offset, count);
        long start = 0;
        foreach (ReadOnlyMemory<byte> part in _parts)
        {
            ReadOnlySpan<byte> left = part.Span[(int)Math.Clamp(_position - start, 0, part.Length)..];
            left = left[..Math.Min(left.Length, to.Length)];
            left.CopyTo(to);
            to = to[left.Length..];
            _position += left.Length;
            start += part.Length;
        }

        return count - to.Length;
    }

    public override long Seek(object clientData, long offset, SeekOrigin origin)
    {
        long start = origin switch
        {
            SeekOrigin.Begin => 0,
            SeekOrigin.Current => _position,
            _ => Length,
        };
        _position = Math.Max(0, start + offset);
        return _position;
    }

    public override void Write(object clientData, byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Close(object clientData)
    {
    }

    public override long Size(object clientData) => Length;
}
