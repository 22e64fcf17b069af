using System.Buffers.Binary;

namespace MedR1.Imaging.Dicom;

/// <summary>Reads numbers from bytes, one after another, and never past their end.</summary>
internal sealed class ByteCursor(ReadOnlyMemory<byte> bytes, int start, bool isBigEndian)
{
    public int Position { get; private set; } = start;

    public bool IsAtEnd => Position >= bytes.Length;

    public bool IsBigEndian => isBigEndian;

    public ReadOnlyMemory<byte> Bytes => bytes;

    public ushort ReadUInt16()
    {
        ReadOnlySpan<byte> value = Take(2).Span;
        return isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(value) : BinaryPrimitives.ReadUInt16LittleEndian(value);
    }

    public uint ReadUInt32()
    {
        ReadOnlySpan<byte> value = Take(4).Span;
        return isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(value) : BinaryPrimitives.ReadUInt32LittleEndian(value);
    }

    public DicomTag ReadTag() => new(ReadUInt16(), ReadUInt16());

    /// <exception cref="DicomException">There are not that many bytes.</exception>
    public ReadOnlyMemory<byte> Take(long count)
    {
        if (count > bytes.Length - Position)
        {
            throw new DicomException(
                $"The file ends early: {count} bytes are declared at byte {Position}, but only {bytes.Length - Position} are "
                + "left. Was it cut off while copying?");
        }

        ReadOnlyMemory<byte> taken = bytes.Slice(Position, (int)count);
        Position += (int)count;
        return taken;
    }

    public void Back(int count) => Position -= count;

    public void MoveTo(int position) => Position = position;
}
