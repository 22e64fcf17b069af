using System.Buffers.Binary;

namespace MedR1.Datasets.Parquet;

/// <summary>Checks the magic numbers and the footer length of a file before a reader trusts them.</summary>
internal static class FooterCheck
{
    private const int TailBytes = 8;
    private const int HeadBytes = 4;
    private const int MostFooterBytes = 256 << 20;

    /// <exception cref="InvalidDataException">The magic numbers are missing, or the footer is longer than the file.</exception>
    public static void Check(Stream stream)
    {
        if (stream.Length < HeadBytes + TailBytes)
        {
            throw new InvalidDataException($"it has only {stream.Length} bytes.");
        }

        Span<byte> tail = stackalloc byte[TailBytes];
        stream.ReadExactly(tail[..HeadBytes]);
        bool hasHead = tail[..HeadBytes].SequenceEqual("PAR1"u8);
        stream.Seek(-TailBytes, SeekOrigin.End);
        stream.ReadExactly(tail);
        if (!hasHead || !tail[HeadBytes..].SequenceEqual("PAR1"u8))
        {
            throw new InvalidDataException("it does not start and end with 'PAR1' (an encrypted file ends with 'PARE').");
        }

        int footer = BinaryPrimitives.ReadInt32LittleEndian(tail);
        if (footer < 0 || footer > stream.Length - TailBytes - HeadBytes || footer > MostFooterBytes)
        {
            throw new InvalidDataException($"its footer declares {footer} of {stream.Length} bytes.");
        }

        stream.Seek(-TailBytes - footer, SeekOrigin.End);
        byte[] metadata = new byte[footer];
        stream.ReadExactly(metadata);
        new ThriftCheck(metadata).Struct();
        stream.Position = 0;
    }
}
