using global::Parquet;
using global::Parquet.Data;
using global::Parquet.Meta;
using global::Parquet.Schema;
using Field = global::Parquet.Schema.Field;

namespace MedR1.Datasets.Parquet;

/// <summary>
/// A Parquet file, read by columns. The sizes in its footer are checked against the file's size before anything is allocated, and
/// any error inside the reader names the file.
/// </summary>
internal sealed class ParquetFile : IAsyncDisposable
{
    // A higher compression ratio indicates a decompression bomb; brotli and zstd stay far below it on texts.
    private const long MostExpansion = 4096;
    private const long AlwaysAllowed = 16L << 20;
    private const long AlwaysAllowedCount = 1L << 20;
    private const int MostBytes = 1 << 30;
    private readonly string _filePath;
    private readonly ParquetReader _reader;
    private readonly ExtendedStream _stream;
    private readonly long _fileBytes;
    private readonly ByteBudget _budget;

    private ParquetFile(string filePath, ParquetReader reader, ExtendedStream stream, long? maxBytes)
    {
        _filePath = filePath;
        _reader = reader;
        _stream = stream;
        _fileBytes = stream.Length;
        maxBytes ??= Math.Max(MostBytes, _fileBytes * MostExpansion);
        _budget = new ByteBudget(
            maxBytes.Value,
            $"with it, the columns take more than {maxBytes} bytes, too many for a file of {_fileBytes}. If that is correct, split "
            + "the rows into several files.");

        // The reader builds these lazily from the footer; requesting them here makes a damaged footer fail where it is handled.
        Fields = reader.Schema.Fields;
        RowGroupCount = reader.RowGroupCount;
    }

    public IReadOnlyList<Field> Fields { get; }

    public int RowGroupCount { get; }

    /// <summary>Opens a file.</summary>
    /// <param name="filePath">The file.</param>
    /// <param name="cancellationToken">Cancels the opening.</param>
    /// <param name="maxBytes">
    /// The maximum number of bytes for all columns together; <see langword="null"/> for a limit based on the file's size.
    /// </param>
    /// <exception cref="DatasetException">The file can't be read, or is not a Parquet file.</exception>
    public static async Task<ParquetFile> OpenAsync(
        string filePath, CancellationToken cancellationToken, long? maxBytes = null)
    {
        ExtendedStream? stream = null;
        try
        {
            stream = new ExtendedStream(
                new FileStream(filePath, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete));
            FooterCheck.Check(stream);
            ParquetReader reader =
                await ParquetReader.CreateAsync(stream, leaveStreamOpen: false, cancellationToken: cancellationToken)
                    .ConfigureAwait(false);
            return new ParquetFile(filePath, reader, stream, maxBytes);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            stream?.Dispose();
            throw Broken(filePath, exception);
        }
    }

    /// <exception cref="DatasetException">The group claims more rows than fit in memory.</exception>
    public int RowCount(int group)
    {
        long rows = _reader.Metadata!.RowGroups[group].NumRows;
        return rows >= 0 && rows <= LargestCount
            ? (int)rows
            : throw Broken(_filePath, new InvalidDataException(
                $"row group {group} declares {rows} rows, but a file of {_fileBytes} bytes may have at most {LargestCount}."));
    }

    /// <summary>The number of nulls in a column according to its statistics, if there are any.</summary>
    /// <exception cref="DatasetException">The statistics can't be read.</exception>
    public long? NullCount(int group, DataField field)
    {
        try
        {
            using ParquetRowGroupReader reader = _reader.OpenRowGroupReader(group);
            return reader.ColumnExists(field) ? reader.GetStatistics(field)?.NullCount : null;
        }
        catch (Exception exception)
        {
            throw Broken(_filePath, exception, field.Path.ToString());
        }
    }

    /// <summary>Reads a column of a row group.</summary>
    /// <exception cref="DatasetException">The column can't be read.</exception>
    public async Task<ColumnValues> ReadAsync(int group, DataField field, CancellationToken cancellationToken)
    {
        try
        {
            using ParquetRowGroupReader reader = _reader.OpenRowGroupReader(group);
            ColumnMetaData? column = reader.GetMetadata(field)?.MetaData;
            List<Page> pages = Check(column);
            return pages.Exists(page => page.NeedsRewriting)
                ? await ReadRewrittenAsync(reader, field, column!, pages, cancellationToken).ConfigureAwait(false)
                : await ReadAsync(reader, field, pages, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or DatasetException))
        {
            throw Broken(_filePath, exception, field.Path.ToString());
        }
    }

    /// <summary>Runs the assembly of a column's rows, naming the file if its levels do not form rows.</summary>
    /// <exception cref="DatasetException">The column's levels do not form rows.</exception>
    public T Guard<T>(string column, Func<T> assemble)
    {
        try
        {
            return assemble();
        }
        catch (InvalidDataException exception)
        {
            throw Broken(_filePath, exception, column);
        }
    }

    public ValueTask DisposeAsync() => _reader.DisposeAsync();

    private static long MostUnpacked(long packed) => Math.Min(MostBytes, Math.Max(AlwaysAllowed, packed * MostExpansion));

    // A run of equal values takes a few bytes regardless of its length, so even a small file may contain many values.
    private long LargestCount => Math.Min(Array.MaxLength / 8, Math.Max(AlwaysAllowedCount, _fileBytes * 8));

    private static DatasetException Broken(string filePath, Exception exception, string? field = null) => new(
        exception is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException
            ? $"{filePath} can't be read: {exception.Message}"
            : $"{filePath}{(field is null ? "" : $", column '{field}'")} can't be read as Parquet: {exception.Message} Was it "
                + "cut off or damaged while downloading?", exception)
    {
        FilePath = filePath,
        Field = field,
    };

    private static async Task<ColumnValues> ReadAsync(
        ParquetRowGroupReader reader, DataField field, List<Page> pages, CancellationToken cancellationToken)
    {
        using RawColumnData data = await reader.ReadRawColumnDataBaseAsync(field, cancellationToken).ConfigureAwait(false);
        return ColumnValues.Of(data, field, pages.Exists(page => page.Kind == PageKind.Dictionary));
    }

    // Reads the column from rewritten pages appended to the stream, to which the column's metadata points temporarily.
    private async Task<ColumnValues> ReadRewrittenAsync(
        ParquetRowGroupReader reader, DataField field, ColumnMetaData column, List<Page> pages,
        CancellationToken cancellationToken)
    {
        ByteBudget budget = new(
            MostBytes, $"its pages take more than {MostBytes} bytes. Write the file with smaller row groups.", _budget);
        byte[] plain = PlainPages.Of(_stream, pages, column, field, budget);
        (CompressionCodec Codec, long Data, long? Dictionary, long? Index) before =
            (column.Codec, column.DataPageOffset, column.DictionaryPageOffset, column.IndexPageOffset);
        try
        {
            _stream.Extension = plain;
            (column.Codec, column.DataPageOffset, column.DictionaryPageOffset, column.IndexPageOffset) =
                (CompressionCodec.UNCOMPRESSED, _stream.FileLength, null, null);
            return await ReadAsync(reader, field, pages, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _stream.Extension = [];
            (column.Codec, column.DataPageOffset, column.DictionaryPageOffset, column.IndexPageOffset) = before;
        }
    }

    private List<Page> Check(ColumnMetaData? column)
    {
        if (column is null)
        {
            throw new InvalidDataException("a row group lacks it.");
        }

        bool isInside = column.DataPageOffset >= 0 && column.DataPageOffset <= _fileBytes
            && column.TotalCompressedSize >= 0 && column.TotalCompressedSize <= _fileBytes;
        if (!isInside || column.NumValues < 0 || column.NumValues > LargestCount || column.TotalUncompressedSize < 0
            || column.TotalUncompressedSize > MostUnpacked(column.TotalCompressedSize))
        {
            throw new InvalidDataException(
                $"it declares {column.NumValues} values and {column.TotalUncompressedSize} bytes from "
                + $"{column.TotalCompressedSize} compressed ones in a file of {_fileBytes} bytes; at most {LargestCount} values and "
                + $"{MostUnpacked(column.TotalCompressedSize)} bytes are allowed.");
        }

        // Some writers write 0 if there is no dictionary.
        long start = column.DictionaryPageOffset is long dictionary and > 0
            ? Math.Min(column.DataPageOffset, dictionary) : column.DataPageOffset;
        List<Page> pages = PageCheck.Check(_stream, start, column.TotalCompressedSize, LargestCount, MostUnpacked);
        long values = pages.Where(page => page.Kind is PageKind.Data or PageKind.DataV2).Sum(page => (long)page.Values);
        if (values != column.NumValues)
        {
            throw new InvalidDataException($"its pages declare {values} values, but the footer {column.NumValues}.");
        }

        // A value takes at least the size of a reference.
        _budget.Take(pages.Sum(page => page.UnpackedBytes + (long)page.Values * IntPtr.Size));
        return pages;
    }
}
