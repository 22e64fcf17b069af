using System.Buffers.Binary;

namespace MedR1.Imaging;

/// <summary>Iterates over the chunks of a PNG file (W3C PNG specification, section 5.3), up to a truncated one.</summary>
internal ref struct PngChunkCursor(ReadOnlySpan<byte> encoded)
{
    private const int SignatureBytes = 8;
    private const int FrameBytes = 12;
    private readonly ReadOnlySpan<byte> _encoded = encoded;
    private int _contentLength;

    /// <summary>The offset of the chunk, at its length field.</summary>
    public int Position { get; private set; }

    /// <summary>The offset of the next chunk.</summary>
    public int End { get; private set; } = SignatureBytes;

    /// <summary>The four bytes of the chunk's type: letters, unless the file is damaged or non-standard.</summary>
    public readonly ReadOnlySpan<byte> Type => _encoded.Slice(Position + 4, 4);

    public readonly ReadOnlySpan<byte> Content => _encoded.Slice(Position + 8, _contentLength);

    // The bytes that the checksum covers.
    private readonly ReadOnlySpan<byte> TypeAndContent => _encoded.Slice(Position + 4, 4 + _contentLength);

    private readonly uint CheckSum => BinaryPrimitives.ReadUInt32BigEndian(_encoded[(Position + 8 + _contentLength)..]);

    /// <summary>Requires a plausible type, as Pillow does: letters, as the specification demands, digits or underscores.</summary>
    /// <exception cref="ImageFormatException">
    /// The type has other bytes, so that the chunk's length is not reliable either.
    /// </exception>
    public readonly void RequireType()
    {
        foreach (byte letter in Type)
        {
            if (!char.IsAsciiLetterOrDigit((char)letter) && letter != '_')
            {
                throw HeaderBytes.Broken(
                    ImageFormat.Png,
                    $"the type of the chunk at byte {Position} is {Convert.ToHexString(Type)} in hexadecimal, but it may contain "
                    + "only letters, digits and underscores (30 to 39, 41 to 5A, 5F, 61 to 7A)");
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
                $"the checksum of the chunk at byte {Position} is {CheckSum:X8}, but its bytes give {computed:X8}");
        }
    }

    /// <summary>Moves to the next chunk; returns whether there is a complete one.</summary>
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
