using System.Globalization;
using System.Numerics;
using global::Parquet;
using global::Parquet.Serialization;
using global::Parquet.Serialization.Attributes;
using MedR1.TestSupport;

namespace MedR1.Datasets.Parquet.Tests;

public sealed class ParquetDatasetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Rows_keep_their_order_across_files_and_row_groups_loaded_or_streamed()
    {
        await WriteAsync("b-1.parquet", 5, 7);
        await WriteAsync("b-0.parquet", 0, 5);

        TableDataset loaded = ParquetDataset.Load(_folder.Path);
        List<string> streamed = [];
        await foreach (VqaExample example in ParquetDataset.ReadAsync(_folder.Path))
        {
            streamed.Add(example.Question);
        }

        string[] expected = [.. Enumerable.Range(0, 12).Select(i => $"q{i}")];
        Assert.Equal(expected, loaded.Select(example => example.Question));
        Assert.Equal(expected, streamed);
        Assert.Equal("b-0.parquet/3", loaded[3].Id);
    }

    [Fact]
    public async Task Rows_have_their_own_images_whatever_the_order_and_the_cache()
    {
        await WriteAsync("a.parquet", 0, 9);
        TableDataset dataset = ParquetDataset.Load(
            Path.Combine(_folder.Path, "a.parquet"), new ParquetDatasetOptions { ImageCacheBytes = 0 });
        foreach (int i in (ReadOnlySpan<int>)[8, 0, 4, 7, 4, 1])
        {
            Assert.Equal(ImageBytes(i), Read(dataset[i].Images[0]));
        }
    }

    [Fact]
    public void Rows_have_their_own_lists_of_images_whether_or_not_empty_lists_count_as_nulls()
    {
        // The footer's statistics of images.bytes: a null_count of 1 (zigzag 2) for the empty list, then the largest
        // value. Polars writes 0 there.
        ReadOnlySpan<byte> statistics = [0x1C, 0x36, 0x02, 0x28, 0xC9, 0x0D, 0x89, 0x50, 0x4E, 0x47];
        string written = GoldenParquet.File("image-list-parquet");
        byte[] bytes = File.ReadAllBytes(written);
        bytes[bytes.AsSpan().LastIndexOf(statistics) + 2] = 0;
        string patched = Path.Combine(_folder.Path, "patched.parquet");
        File.WriteAllBytes(patched, bytes);

        byte[][][] expected = ImagesOf(written);
        Assert.Equal([1, 2, 0, 3, 1, 2], expected.Select(images => images.Length));
        Assert.Equal(expected, ImagesOf(patched));

        static byte[][][] ImagesOf(string file) =>
        [
            .. ParquetDataset.Load(file, new ParquetDatasetOptions
            {
                Table = new TableOptions { MissingTexts = MissingTextHandling.Keep },
            }).Select(example => example.Images.Select(Read).ToArray()),
        ];
    }

    // DuckDB writes these with the encodings of the format's second version. The content follows from the statement that
    // wrote them: ids that end with the row number, 1.25, the row number as seconds and in JSON.
    [Fact]
    public void Other_columns_become_text_that_does_not_depend_on_the_time_zone()
    {
        string file = Path.Combine(GoldenParquet.Folder("second-version-parquet"), "b-duckdb.parquet");
        TableDataset dataset = ParquetDataset.Load(file, new ParquetDatasetOptions
        {
            Table = new TableOptions { MissingTexts = MissingTextHandling.Keep },
        });
        VqaExample example = dataset[1];
        Assert.Equal("12345678-9abc-def0-1234-56789abcdef2", example.Id);
        Assert.Equal("1.25", example.Metadata["cost"]);
        Assert.Equal("2024-01-02T03:04:02.0000000", example.Metadata["made"]);
        Assert.Equal("""{"a": 2}""", example.Metadata["note"]);
        Assert.Equal(
            ["2147483647", "-2147483648", "0", "2147483647", "-1", "-2147483648"], dataset.Select(one => one.Metadata["n"]));
    }

    // The Arrow tests expect the same texts for the same values.
    [Fact]
    public async Task Dates_times_and_decimals_become_text()
    {
        DateTime time = new(2024, 1, 2, 3, 4, 5, 678, 901, DateTimeKind.Utc);
        DatedRow[] rows =
        [
            new()
            {
                question = "?", answer = "a", day = new DateOnly(2024, 1, 2), old_day = new DateOnly(1969, 12, 31), cost = 1.25m,
                debt = -0.05m, microseconds = time,
            },
        ];
        await ParquetSerializer.SerializeAsync(rows, Path.Combine(_folder.Path, "a.parquet"));

        IReadOnlyDictionary<string, string> metadata = Assert.Single(ParquetDataset.Load(_folder.Path)).Metadata;
        Assert.Equal(
            new SortedDictionary<string, string>
            {
                ["day"] = "2024-01-02",
                ["old_day"] = "1969-12-31",
                ["cost"] = "1.2500",
                ["debt"] = "-0.05",
                ["microseconds"] = "2024-01-02T03:04:05.6789010Z",
            },
            new SortedDictionary<string, string>(metadata.ToDictionary()));
    }

    [Theory]
    [InlineData("-5", 2, "-0.05")]
    [InlineData("12500", 4, "1.2500")]
    [InlineData("99999999999999999999999999999999999999", 0, "99999999999999999999999999999999999999")]
    public void Decimals_keep_the_scale_of_their_column(string unscaled, int scale, string text) =>
        Assert.Equal(text, DecimalText.Of(BigInteger.Parse(unscaled, CultureInfo.InvariantCulture), scale));

    [Fact]
    public async Task Options_in_a_structure_of_letters_are_read_up_to_the_last_text()
    {
        await ParquetSerializer.SerializeAsync(
            (LetteredRow[])
            [
                new() { question = "Which?", options = new() { A = "CT", B = "MRI" }, answer = "B" },
                new() { question = "Where?", options = new() { A = "left" }, answer = "A" },
                new() { question = "Why?", options = new(), answer = "A" },
                new() { question = "How?", options = null, answer = "A" },
            ],
            Path.Combine(_folder.Path, "a.parquet"));

        TableDataset dataset = ParquetDataset.Load(_folder.Path);
        Assert.Equal(["CT MRI", "left", "", ""], dataset.Select(example => string.Join(' ', example.Options)));
        Assert.Equal(["MRI", "left", "A", "A"], dataset.Select(example => example.Answer));
    }

    // Without them a model would be asked about images that it does not see.
    [Fact]
    public async Task Unreadable_images_are_refused_and_values_in_other_structures_are_metadata()
    {
        OddRow[] rows = [new() { question = "?", answer = "a", image = new() { url = "a" }, other = new() { url = "a" } }];
        await ParquetSerializer.SerializeAsync(rows, Path.Combine(_folder.Path, "a.parquet"));
        Assert.Contains(
            "field 'image': a list or an object, but an image was expected",
            Assert.Throws<DatasetException>(() => ParquetDataset.Load(_folder.Path)).Message);
        TableDataset blind = ParquetDataset.Load(_folder.Path, new ParquetDatasetOptions
        {
            Table = new TableOptions { Columns = new ExampleColumns { Images = "" } },
        });
        Assert.Equal(["image.url: a", "other.url: a"], Assert.Single(blind).Metadata.Select(one => $"{one.Key}: {one.Value}").Order());
    }

    [Fact]
    public async Task A_file_without_the_expected_columns_is_refused_with_its_columns()
    {
        await WriteAsync("a.parquet", 0, 1);
        DatasetException exception = Assert.Throws<DatasetException>(() => ParquetDataset.Load(
            _folder.Path, new ParquetDatasetOptions
            {
                Table = new TableOptions { Columns = new ExampleColumns { Question = "text" } },
            }));
        Assert.Contains("image, question, answer", exception.Message);
        Assert.Equal((0, "text"), (exception.ItemIndex, exception.Field));
    }

    [Fact]
    public void A_file_that_is_not_Parquet_is_refused_with_its_name_and_the_reason()
    {
        string file = _folder.Write("a.parquet", "version https://git-lfs.github.com/spec/v1");
        DatasetException exception = Assert.Throws<DatasetException>(() => ParquetDataset.Load(file));
        Assert.Contains("does not start and end with 'PAR1'", exception.Message);
        Assert.Equal(file, exception.FilePath);
        Assert.Contains("*.parquet", Assert.Throws<DatasetException>(
            () => ParquetDataset.Load(Directory.CreateDirectory(Path.Combine(_folder.Path, "empty")).FullName)).Message);
    }

    [Fact]
    public async Task Loading_can_be_cancelled()
    {
        await WriteAsync("a.parquet", 0, 9);
        Assert.ThrowsAny<OperationCanceledException>(
            () => ParquetDataset.Load(_folder.Path, cancellationToken: new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Nulls_in_text_columns_are_refused_unless_allowed()
    {
        string folder = GoldenParquet.Folder("image-list-parquet");
        Assert.Contains("MissingTexts", Assert.Throws<DatasetException>(() => ParquetDataset.Load(folder)).Message);
        TableDataset skipped = ParquetDataset.Load(
            folder, new ParquetDatasetOptions { Table = new TableOptions { MissingTexts = MissingTextHandling.Skip } });
        Assert.Equal((10, 2), (skipped.Count, skipped.MissingTexts));
    }

    private static byte[] ImageBytes(int i) => [.. Enumerable.Range(0, 50 + i).Select(j => (byte)(i * 31 + j))];

    private static byte[] Read(IImageSource image)
    {
        using Stream stream = image.OpenRead();
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private async Task WriteAsync(string name, int first, int count)
    {
        Row[] rows = [.. Enumerable.Range(first, count).Select(i => new Row
        {
            image = new Image { bytes = ImageBytes(i), path = $"{i}.png" },
            question = $"q{i}",
            answer = "yes",
        })];
        await ParquetSerializer.SerializeAsync(
            rows, Path.Combine(_folder.Path, name), new ParquetOptions { RowGroupSize = 4 });
    }

    // The property names are the column names of the file.
#pragma warning disable SA1300, IDE1006
    private sealed class Image
    {
        public byte[]? bytes { get; set; }

        public string? path { get; set; }
    }

    private sealed class Row
    {
        public Image? image { get; set; }

        public string? question { get; set; }

        public string? answer { get; set; }
    }

    private sealed class DatedRow
    {
        public string? question { get; set; }

        public string? answer { get; set; }

        public DateOnly day { get; set; }

        public DateOnly old_day { get; set; }

        [ParquetDecimal(10, 4)]
        public decimal cost { get; set; }

        [ParquetDecimal(20, 2)]
        public decimal debt { get; set; }

        [ParquetTimestamp(ParquetTimestampResolution.Microseconds)]
        public DateTime microseconds { get; set; }
    }

    private sealed class LetteredRow
    {
        public string? question { get; set; }

        public Letters? options { get; set; }

        public string? answer { get; set; }
    }

    private sealed class Letters
    {
        public string? A { get; set; }

        public string? B { get; set; }
    }

    private sealed class OddRow
    {
        public string? question { get; set; }

        public string? answer { get; set; }

        public Address? image { get; set; }

        public Address? other { get; set; }
    }

    private sealed class Address
    {
        public string? url { get; set; }
    }
#pragma warning restore SA1300, IDE1006
}
