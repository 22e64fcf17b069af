namespace MedR1.Datasets.Parquet;

/// <summary>
/// Checks the headers of a column's pages before the reader trusts them, because Parquet.Net allocates the sizes that a page
/// claims.
/// </summary>
internal static class PageCheck
{
    private const int UsualHeaderBytes = 1 << 13;
    private const int MostHeaderBytes = 1 << 24;

    /// <returns>The pages, in order.</returns>
    /// <exception cref="InvalidDataException">A page claims more than the file can contain.</exception>
    public static List<Page> Check(Stream stream, long start, long length, long mostValues, Func<long, long> mostUnpacked)
    {
        List<Page> pages = [];
        long end = Math.Min(stream.Length, start + length);
        for (long at = start; at < end;)
        {
            ThriftCheck page = ReadHeader(stream, at, end);
            if (page.PackedBytes < 0 || page.PackedBytes > end - at - page.Position
                || page.UnpackedBytes < 0 || page.UnpackedBytes > mostUnpacked(page.PackedBytes)
                || page.Values < 0 || page.Values > mostValues || !HasRoomForLevels(page))
            {
                throw new InvalidDataException(
                    $"the page at byte {at} declares {page.Values} values and {page.UnpackedBytes} bytes from "
                    + $"{page.PackedBytes} compressed ones.");
            }

            pages.Add(new Page(
                (PageKind)page.Kind, (PageEncoding)page.Encoding, at + page.Position, (int)page.PackedBytes,
                (int)page.UnpackedBytes, (int)page.Values, (int)page.RepetitionBytes, (int)page.DefinitionBytes, page.IsPlain));
            at += page.Position + page.PackedBytes;
        }

        return pages;
    }

    private static bool HasRoomForLevels(ThriftCheck page) =>
        page.RepetitionBytes >= 0 && page.DefinitionBytes >= 0
        && page.RepetitionBytes + page.DefinitionBytes <= Math.Min(page.PackedBytes, page.UnpackedBytes);

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
