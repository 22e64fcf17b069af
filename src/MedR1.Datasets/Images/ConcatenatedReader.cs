namespace MedR1.Datasets;

/// <summary>Reads bytes already taken from a stream, then the rest of the stream.</summary>
internal sealed class ConcatenatedReader(byte[] head, int headLength, Stream stream)
{
    private int _position;

    /// <summary>The next byte, or -1 at the end.</summary>
    public int ReadByte() => _position < headLength ? head[_position++] : stream.ReadByte();

    /// <summary>The next two bytes as a number, or -1 at the end.</summary>
    public int ReadUInt16BigEndian()
    {
        int high = ReadByte();
        int low = ReadByte();
        return low < 0 ? -1 : high << 8 | low;
    }

    public void Skip(int count)
    {
        while (count-- > 0 && ReadByte() >= 0)
        {
        }
    }
}
