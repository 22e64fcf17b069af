namespace MedR1.Datasets.Parquet;

/// <summary>Checks the headers of a column's pages before a reader trusts them: Parquet.Net allocates what a page claims.</summary>
internal static class PageCheck
{
    private const int UsualHeaderBytes = 1 << 13;
    private const int MostHeaderBytes = 1 << 24;

    /// <exception cref="InvalidDataException">A page claims more than the file can contain.</exception>
    public static void Check(Stream stream, long start, long length, long mostValues, Func<long, long> mostUnpacked)
    {
        long end = Math.Min(stream.Length, start + length);
        for (long at = start; at < end;)
        {
            ThriftCheck page = ReadHeader(stream, at, end);
            if (page.PackedBytes < 0 || page.PackedBytes > end - at - page.Position
                || page.UnpackedBytes < 0 || page.UnpackedBytes > mostUnpacked(page.PackedBytes)
                || page.Values < 0 || page.Values > mostValues)
            {
                throw new InvalidDataException(
                    $"the page at byte {at} claims {page.Values} values and {page.UnpackedBytes} bytes out of "
                    + $"{page.PackedBytes}.");
            }

            at += page.Position + page.PackedBytes;
        }
    }

    // Headers are short, unless they contain long texts as statistics.
    private static ThriftCheck ReadHeader(Stream stream, long at, long end)
    {
        try
        {
            return ReadHeader(stream, at, (int)Math.Min(UsualHeaderBytes, end - at));
        }
        catch (InvalidDataException) when (end - at > UsualHeaderBytes)
        {
            return ReadHeader(stream, at, (int)Math.Min(MostHeaderBytes, end - at));
        }
    }

    private static ThriftCheck ReadHeader(Stream stream, long at, int length)
    {
        byte[] header = new byte[length];
        stream.Position = at;
        int count = stream.ReadAtLeast(header, length, throwOnEndOfStream: false);
        ThriftCheck page = new(header.AsSpan(0, count));
        page.Struct();
        return page;
    }
}
