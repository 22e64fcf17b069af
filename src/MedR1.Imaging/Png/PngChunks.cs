using System.Buffers.Binary;

namespace MedR1.Imaging;

/// <summary>The chunks that a gray image needs, with their checksums verified.</summary>
/// <param name="ImageData">The zlib stream of all IDAT chunks.</param>
/// <param name="TransparentGray">The gray sample that tRNS makes transparent, or null.</param>
internal sealed record PngChunks(byte[] ImageData, ushort? TransparentGray)
{
    public static PngChunks Read(ReadOnlySpan<byte> encoded)
    {
        using MemoryStream data = new();
        ushort? transparent = null;
        PngChunkCursor chunk = new(encoded);
        while (chunk.MoveNext())
        {
            if (chunk.Type.SequenceEqual("IEND"u8))
            {
                return Finish(data, transparent);
            }

            if (chunk.Type.SequenceEqual("IDAT"u8))
            {
                chunk.RequireCheckSum();
                data.Write(chunk.Content);
            }
            else if (chunk.Type.SequenceEqual("tRNS"u8) && chunk.Content.Length == 2)
            {
                chunk.RequireCheckSum();
                transparent = BinaryPrimitives.ReadUInt16BigEndian(chunk.Content);
            }
        }

        throw HeaderBytes.Broken(ImageFormat.Png, $"it ends at byte {encoded.Length}, before its IEND chunk");
    }

    /// <summary>The samples that tRNS makes transparent, one or three; empty if there are none.</summary>
    public static ushort[] KeyOf(ReadOnlySpan<byte> encoded)
    {
        PngChunkCursor chunk = new(encoded);
        while (chunk.MoveNext() && !chunk.Type.SequenceEqual("IDAT"u8))
        {
            if (chunk.Type.SequenceEqual("tRNS"u8))
            {
                ushort[] key = new ushort[chunk.Content.Length / 2];
                for (int i = 0; i < key.Length; i++)
                {
                    key[i] = BinaryPrimitives.ReadUInt16BigEndian(chunk.Content[(i * 2)..]);
                }

                return key;
            }
        }

        return [];
    }

    private static PngChunks Finish(MemoryStream data, ushort? transparent) => data.Length > 0
        ? new PngChunks(data.ToArray(), transparent)
        : throw HeaderBytes.Broken(ImageFormat.Png, "it has no IDAT chunk, so no pixels");
}
