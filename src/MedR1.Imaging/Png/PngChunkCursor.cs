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

    /// <summary>The four bytes of its type; letters, unless the file is damaged or odd.</summary>
    public readonly ReadOnlySpan<byte> Type => _encoded.Slice(Position + 4, 4);

    public readonly ReadOnlySpan<byte> Content => _encoded.Slice(Position + 8, _contentLength);

    // What the checksum covers.
    private readonly ReadOnlySpan<byte> TypeAndContent => _encoded.Slice(Position + 4, 4 + _contentLength);

    private readonly uint CheckSum => BinaryPrimitives.ReadUInt32BigEndian(_encoded[(Position + 8 + _contentLength)..]);

    /// <summary>Requires a type that may be one, as Pillow does: letters, which the specification wants, digits or underscores.</summary>
    /// <exception cref="ImageFormatException">It is something else, so that the chunk's length is none either.</exception>
    public readonly void RequireType()
    {
        foreach (byte letter in Type)
        {
            if (!char.IsAsciiLetterOrDigit((char)letter) && letter != '_')
            {
                throw HeaderBytes.Broken(
                    ImageFormat.Png,
                    $"the type of the chunk at byte {Position} is {Convert.ToHexString(Type)} in hexadecimal, but only letters, digits "
                    + "and underscores (30 to 39, 41 to 5A, 5F, 61 to 7A) may be in it");
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
