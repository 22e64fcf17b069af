using System.Buffers.Binary;

namespace MedR1.Imaging;

/// <summary>Iterates over the chunks of a PNG file (W3C PNG specification, section 5.3), up to a truncated one.</summary>
internal ref struct PngChunkCursor(ReadOnlySpan<byte> encoded)
{
    private const int SignatureBytes = 8;
    private const int FrameBytes = 12;
    private readonly ReadOnlySpan<byte> _encoded = encoded;
    private int _contentLength;

    /// <summary>Where the chunk starts, at its length.</summary>
    public int Position { get; private set; }

    /// <summary>Where the next chunk starts.</summary>
    public int End { get; private set; } = SignatureBytes;

    /// <summary>The four letters of its type.</summary>
    public readonly ReadOnlySpan<byte> Type => _encoded.Slice(Position + 4, 4);

    public readonly ReadOnlySpan<byte> Content => _encoded.Slice(Position + 8, _contentLength);

    // What the checksum covers.
    private readonly ReadOnlySpan<byte> TypeAndContent => _encoded.Slice(Position + 4, 4 + _contentLength);

    private readonly uint CheckSum => BinaryPrimitives.ReadUInt32BigEndian(_encoded[(Position + 8 + _contentLength)..]);

    /// <exception cref="ImageFormatException">The type is no word, so that the chunk's length is none either.</exception>
    public readonly void RequireType()
    {
        foreach (byte letter in Type)
        {
            if (!char.IsAsciiLetterOrDigit((char)letter))
            {
                throw HeaderBytes.Broken(
                    ImageFormat.Png, $"the type of the chunk at byte {Position} is {Convert.ToHexString(Type)}, which is no word");
            }
        }
    }

    /// <exception cref="ImageFormatException">The checksum is not that of the chunk's bytes.</exception>
    public readonly void RequireCheckSum()
    {
        uint computed = Crc32.Compute(TypeAndContent);
        if (CheckSum != computed)
        {
            throw HeaderBytes.Broken(
                ImageFormat.Png,
                $"the check sum of the chunk at byte {Position} is {CheckSum:X8}, but its bytes give {computed:X8}");
        }
    }

    /// <summary>Whether there is a complete next chunk.</summary>
    public bool MoveNext()
    {
        if (End + FrameBytes > _encoded.Length)
        {
            return false;
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(_encoded[End..]);
        if (length > _encoded.Length - End - FrameBytes)
        {
            return false;
        }

        Position = End;
        _contentLength = (int)length;
        End += FrameBytes + _contentLength;
        return true;
    }
}
