namespace MedR1;

/// <summary>Reads streams of unknown length, such as compressed ones, into bounded memory.</summary>
internal static class BoundedStream
{
    private const int BlockBytes = 1 << 16;

    /// <summary>All bytes of a stream; throws what <paramref name="tooLong"/> returns if there are more than allowed.</summary>
    public static MemoryStream ReadAll(Stream stream, long maxBytes, Func<Exception> tooLong)
    {
        MemoryStream copy = new();
        byte[] block = new byte[BlockBytes];
        for (int count; (count = stream.Read(block)) > 0;)
        {
            if (copy.Length + count > maxBytes)
            {
                throw tooLong();
            }

            copy.Write(block, 0, count);
        }

        copy.Position = 0;
        return copy;
    }
}
