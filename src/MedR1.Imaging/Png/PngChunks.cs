using System.Buffers.Binary;

namespace MedR1.Imaging;

/// <summary>The chunks that a grey picture needs, with their check sums verified.</summary>
/// <param name="ImageData">The zlib stream of all IDAT chunks.</param>
/// <param name="TransparentGray">The grey sample that tRNS makes transparent, or null.</param>
internal sealed record PngChunks(byte[] ImageData, ushort? TransparentGray)
{
    private const int SignatureBytes = 8;
    private const int FrameBytes = 12;

    public static PngChunks Read(ReadOnlySpan<byte> encoded)
    {
        using MemoryStream data = new();
        ushort? transparent = null;
        int position = SignatureBytes;
        while (position + FrameBytes <= encoded.Length)
        {
            ReadOnlySpan<byte> chunk = encoded[position..];
            uint length = BinaryPrimitives.ReadUInt32BigEndian(chunk);
            if (length > chunk.Length - FrameBytes)
            {
                break;
            }

            ReadOnlySpan<byte> type = chunk.Slice(4, 4);
            ReadOnlySpan<byte> content = chunk.Slice(8, (int)length);
            if (type.SequenceEqual("IEND"u8))
            {
                return Finish(data, transparent);
            }

            if (type.SequenceEqual("IDAT"u8))
            {
                RequireCheckSum(chunk, (int)length, position);
                data.Write(content);
            }
            else if (type.SequenceEqual("tRNS"u8) && length == 2)
            {
                RequireCheckSum(chunk, (int)length, position);
                transparent = BinaryPrimitives.ReadUInt16BigEndian(content);
            }

            position += FrameBytes + (int)length;
        }

        throw HeaderBytes.Broken(ImageFormat.Png, $"it ends at byte {encoded.Length}, before its IEND chunk");
    }

    private static PngChunks Finish(MemoryStream data, ushort? transparent) => data.Length > 0
        ? new PngChunks(data.ToArray(), transparent)
        : throw HeaderBytes.Broken(ImageFormat.Png, "it has no IDAT chunk, so no pixels");

    private static void RequireCheckSum(ReadOnlySpan<byte> chunk, int length, int position)
    {
        uint stored = BinaryPrimitives.ReadUInt32BigEndian(chunk[(8 + length)..]);
        uint computed = Crc32.Compute(chunk.Slice(4, 4 + length));
        if (stored != computed)
        {
            throw HeaderBytes.Broken(
                ImageFormat.Png,
                $"the check sum of the chunk at byte {position} is {stored:X8}, but its bytes give {computed:X8}");
        }
    }
}
