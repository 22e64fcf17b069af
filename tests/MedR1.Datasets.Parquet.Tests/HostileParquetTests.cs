using System.Text;
using global::Parquet.Schema;
using MedR1.TestSupport;

namespace MedR1.Datasets.Parquet.Tests;

/// <summary>Small files that would take much memory, and pages that contradict the footer.</summary>
public sealed class HostileParquetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Texts_with_common_prefixes_are_read()
    {
        ColumnValues column = await ReadAsync(
            new HandmadeParquet { Values = 200 }, Page(PageEncoding.DeltaBytes, 200, HandmadeParquet.Repeated("abc", 200)));
        Assert.Equal(Enumerable.Repeat("abc", 200), column.Values);
    }

    // 3 bytes of content and 4 of its length for each of 200 values; plus the references to the values, and the page as stored in
    // the file twice, once for rewriting it.
    [Fact]
    public async Task The_memory_that_a_file_needs_is_enough_and_one_byte_less_is_not()
    {
        byte[] content = HandmadeParquet.Repeated("abc", 200);
        byte[] page = Page(PageEncoding.DeltaBytes, 200, content);
        long needed = 200 * 7 + 200 * 8 + content.Length * 2;
        Assert.Equal(200, (await ReadAsync(new HandmadeParquet { Values = 200 }, page, needed)).Values.Length);
        await Assert.ThrowsAsync<DatasetException>(() => ReadAsync(new HandmadeParquet { Values = 200 }, page, needed - 1));
    }

    // 20,000 times 64 KiB: 1.3 GB from a file of 66 KB.
    [Fact]
    public void A_page_above_the_memory_limit_is_refused_before_any_allocation()
    {
        byte[] content = HandmadeParquet.Repeated(new string('a', 1 << 16), 20_000);
        string file = Write(new HandmadeParquet { Values = 20_000 }, Page(PageEncoding.DeltaBytes, 20_000, content));
        DatasetException exception = Assert.Throws<DatasetException>(() => ParquetDataset.Load(file));
        Assert.Contains("its pages take more than 1073741824 bytes. Write the file with smaller row groups.", exception.Message);

        // Two arrays of 20,000 numbers.
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<InvalidDataException>(() => new DeltaReader(content, 20_000, new ByteBudget(1 << 30, "too much"))
            .ToPlain(PageEncoding.DeltaBytes, global::Parquet.Meta.Type.BYTE_ARRAY));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    // Each text takes what the file may take for both; several pages of one column count like several columns.
    [Theory]
    [InlineData(2, 1)]
    [InlineData(1, 2)]
    public async Task The_memory_limit_of_a_file_is_shared_by_its_pages_and_groups(int groups, int pages)
    {
        byte[] page = Page(PageEncoding.DeltaBytes, 200, HandmadeParquet.Repeated(new string('a', 1000), 200));
        string file = Write(
            new HandmadeParquet { Values = 200 * pages, Groups = groups },
            [.. Enumerable.Repeat(page, pages).SelectMany(one => one)]);
        await using ParquetFile opened = await ParquetFile.OpenAsync(file, CancellationToken.None, maxBytes: 300_000);
        DataField field = (DataField)opened.Fields[0];
        DatasetException exception = await Assert.ThrowsAsync<DatasetException>(async () =>
        {
            for (int group = 0; group < groups; group++)
            {
                ColumnValues column = await opened.ReadAsync(group, field, CancellationToken.None);
                Assert.Equal((1, 0), (pages, group));
                Assert.Equal(200, column.Values.Length);
            }
        });
        Assert.Contains("the columns take more than 300000 bytes, too many for a file of ", exception.Message);
        Assert.Equal("question", exception.Field);
    }

    // 1,000,000 values in a run take a few bytes in the file, but 8,000,000 bytes in memory for the references alone.
    [Fact]
    public async Task Values_in_runs_count_towards_the_limit()
    {
        byte[] dictionary = DictionaryPage("a");
        byte[] page = Page(PageEncoding.Dictionary, 1_000_000, [1, .. RunOf(1_000_000)]);
        HandmadeParquet file = new() { Values = 1_000_000, DictionaryBytes = dictionary.Length };
        Assert.Contains("the columns take more than 8000000 bytes", (await Assert.ThrowsAsync<DatasetException>(
            () => ReadAsync(file, [.. dictionary, .. page], maxBytes: 8_000_000))).Message);
    }

    // 2,000 texts of 64 KiB would take 260 MB.
    [Fact]
    public async Task A_dictionary_entry_is_in_memory_once_however_often_it_occurs()
    {
        byte[] dictionary = DictionaryPage(new string('a', 1 << 16));
        byte[] page = Page(PageEncoding.Dictionary, 2_000, [1, .. RunOf(2_000)]);
        ColumnValues column = await ReadAsync(
            new HandmadeParquet { Values = 2_000, DictionaryBytes = dictionary.Length }, [.. dictionary, .. page]);
        Assert.Equal(2_000, column.Values.Length);
        Assert.All(column.Values, value => Assert.Same(column.Values[0], value));
    }

    [Theory]
    [InlineData(3, 2, 0)]
    [InlineData(3, 2, 7)]
    [InlineData(2, 3, 0)]
    [InlineData(2, 3, 7)]
    public async Task Pages_with_a_different_number_of_values_than_their_column_are_refused(int inPage, int inFooter, int encoding)
    {
        byte[] content = encoding == (int)PageEncoding.Plain
            ? [.. Enumerable.Range(0, inPage).SelectMany(_ => (byte[])[1, 0, 0, 0, (byte)'a'])]
            : HandmadeParquet.Repeated("a", inPage);
        DatasetException exception = await Assert.ThrowsAsync<DatasetException>(
            () => ReadAsync(new HandmadeParquet { Values = inFooter }, Page((PageEncoding)encoding, inPage, content)));
        Assert.Contains($"its pages declare {inPage} values, but the footer {inFooter}.", exception.Message);
    }

    // A small file may have 2^20 rows in a group, because equal ones take no space.
    [Fact]
    public async Task A_row_group_above_the_limit_of_rows_is_refused_with_both_numbers()
    {
        string file = Write(new HandmadeParquet { Values = 2_000_000_000 }, Page(PageEncoding.Plain, 0, []));
        await using ParquetFile opened = await ParquetFile.OpenAsync(file, CancellationToken.None);
        Assert.Contains(
            "row group 0 declares 2000000000 rows, but a file of ",
            Assert.Throws<DatasetException>(() => opened.RowCount(0)).Message);
        Assert.Contains("at most 1048576 values and 16777216 bytes are allowed", (await Assert.ThrowsAsync<DatasetException>(
            () => opened.ReadAsync(0, (DataField)opened.Fields[0], CancellationToken.None))).Message);
    }

    private static byte[] Page(PageEncoding encoding, int values, byte[] content)
    {
        PageWriter writer = new();
        writer.Write(PageKind.Data, encoding, values, content);
        return writer.ToArray();
    }

    private static byte[] DictionaryPage(string text)
    {
        PageWriter writer = new();
        writer.Write(
            PageKind.Dictionary, PageEncoding.Plain, 1, [.. BitConverter.GetBytes(text.Length), .. Encoding.ASCII.GetBytes(text)]);
        return writer.ToArray();
    }

    // One run of entry 0 of a dictionary, with indices one bit wide.
    private static byte[] RunOf(int count) =>
        [(byte)(count << 1 & 127 | 128), (byte)(count >> 6 & 127 | 128), (byte)(count >> 13 & 127), 0];

    private string Write(HandmadeParquet file, byte[] pages)
    {
        string path = Path.Combine(_folder.Path, "a.parquet");
        File.WriteAllBytes(path, file.Write(pages));
        return path;
    }

    private async Task<ColumnValues> ReadAsync(HandmadeParquet file, byte[] pages, long? maxBytes = null)
    {
        await using ParquetFile opened = await ParquetFile.OpenAsync(Write(file, pages), CancellationToken.None, maxBytes);
        return await opened.ReadAsync(0, (DataField)opened.Fields[0], CancellationToken.None);
    }
}
