using System.Buffers.Binary;
using Apache.Arrow;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;
using MedR1.TestSupport;

namespace MedR1.Datasets.Arrow.Tests;

public sealed class SavedDatasetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Streaming_and_loading_give_the_same()
    {
        TableDataset loaded = SavedDataset.Load(GoldenFolder());
        List<VqaExample> streamed = [];
        await foreach (VqaExample example in SavedDataset.ReadAsync(GoldenFolder()))
        {
            streamed.Add(example);
        }

        Assert.Equal(6, loaded.Count);
        Assert.Equal(loaded.Select(example => example.Problem), streamed.Select(example => example.Problem));
        Assert.Equal(loaded.Select(Bytes), streamed.Select(Bytes));
    }

    // Up to 12 bytes of a view are stored in the view itself, more in a buffer.
    [Fact]
    public void Images_with_bytes_and_paths_as_views_are_read_from_the_file()
    {
        byte[][] images = [[1, 2, 3], [.. Enumerable.Range(0, 40).Select(i => (byte)i)]];
        _folder.Write(ImagesOfViews(images));

        TableDataset dataset = SavedDataset.Load(_folder.Path);
        Assert.Equal(images.Select(Convert.ToHexString), dataset.Take(2).Select(Bytes));
        Assert.Matches(@"a\.arrow#\d+ \(short\.png\)$", dataset[0].Images[0].Name);
        Assert.Matches(@"a\.arrow#\d+ \(a-name-longer-than-12-bytes\.png\)$", dataset[1].Images[0].Name);
    }

    // The reader would allocate as many buffers as a column of views claims.
    [Theory]
    [InlineData(1L << 20)]
    [InlineData(-1L)]
    public void A_claim_of_more_view_buffers_than_the_batch_has_is_refused(long claimed)
    {
        _folder.Write(ImagesOfViews([[1], new byte[40]]));
        string file = Path.Combine(_folder.Path, "a.arrow");
        byte[] bytes = File.ReadAllBytes(file);

        // The list of the counts: two of them, 1 each.
        int counts = bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(counts + 4), claimed);
        File.WriteAllBytes(file, bytes);
        Assert.Contains(
            $"a view column declares {claimed} buffers, but its batch has only ",
            Assert.Throws<DatasetException>(() => SavedDataset.Load(_folder.Path)).Message);
    }

    [Fact]
    public void Options_in_a_structure_of_letters_are_read_up_to_the_last_text()
    {
        StringArray first = new StringArray.Builder().Append("CT").Append("left").AppendNull().Build();
        StringArray second = new StringArray.Builder().Append("MRI").AppendNull().AppendNull().Build();
        StructType type = new([new Field("A", StringType.Default, true), new Field("B", StringType.Default, true)]);
        _folder.Write(new RecordBatch.Builder()
            .Append("question", true, new StringArray.Builder().AppendRange(["Which?", "Where?", "Why?"]).Build())
            .Append("options", true, new StructArray(type, 3, [first, second], ArrowBuffer.Empty, 0))
            .Append("answer", true, new StringArray.Builder().AppendRange(["B", "A", "A"]).Build())
            .Build());

        TableDataset dataset = SavedDataset.Load(_folder.Path);
        Assert.Equal(["CT MRI", "left", ""], dataset.Select(example => string.Join(' ', example.Options)));
        Assert.Equal(["MRI", "left", "A"], dataset.Select(example => example.Answer));
    }

    // Pixels as lists of lists, and other than {bytes, path}: without them a model would be asked about images that it does not see.
    [Fact]
    public void Unreadable_images_are_refused_and_other_unreadable_columns_skipped()
    {
        ListArray.Builder rows = new(new ListType(UInt8Type.Default));
        rows.Append();
        ((ListArray.Builder)rows.ValueBuilder).Append();
        ((UInt8Array.Builder)((ListArray.Builder)rows.ValueBuilder).ValueBuilder).Append(7);
        ListArray pixels = rows.Build();
        StructArray named = new(
            new StructType([new Field("url", StringType.Default, true)]), 1, [new StringArray.Builder().Append("a").Build()],
            ArrowBuffer.Empty, 0);
        foreach (IArrowArray array in (IArrowArray[])[pixels, named])
        {
            _folder.Write(SavedBatches.Row().Append("image", true, array).Build());
            Assert.Contains(
                "field 'image': a list or an object, but an image was expected",
                Assert.Throws<DatasetException>(() => SavedDataset.Load(_folder.Path)).Message);
            _folder.Write(SavedBatches.Row().Append("other", true, array).Build());
            Assert.Equal(array == named ? ["other.url"] : [], Assert.Single(SavedDataset.Load(_folder.Path)).Metadata.Keys);
        }
    }

    [Fact]
    public void A_long_list_of_numbers_that_no_example_needs_is_skipped()
    {
        ListArray.Builder list = new(FloatType.Default);
        list.Append();
        ((FloatArray.Builder)list.ValueBuilder).AppendRange(new float[5000]);
        _folder.Write(SavedBatches.Row().Append("embedding", true, list.Build()).Build());
        Assert.Empty(Assert.Single(SavedDataset.Load(_folder.Path)).Metadata);
    }

    // As datasets 1.0 to 1.14 saved data.shuffle() or data.select([2, 0, 2]): all rows, and the numbers of those that it has.
    [Fact]
    public async Task Rows_that_an_old_version_selected_are_those_of_the_data_set()
    {
        WriteIndices(2, 0, 2);

        Assert.Equal(["Why?", "Which?", "Why?"], SavedDataset.Load(_folder.Path).Select(example => example.Question));

        DatasetException exception = await Assert.ThrowsAsync<DatasetException>(async () =>
        {
            await foreach (VqaExample _ in SavedDataset.ReadAsync(_folder.Path))
            {
            }
        });
        Assert.Contains("indices.arrow has the order of the rows", exception.Message);
    }

    [Fact]
    public void A_selected_row_that_there_is_not_is_refused()
    {
        WriteIndices(0, 3);
        Assert.Contains(
            "indices.arrow, item 1: '3' in the column 'indices', expected the number of one of the 3 rows",
            Assert.Throws<DatasetException>(() => SavedDataset.Load(_folder.Path)).Message);
    }

    [Fact]
    public void A_missing_split_is_refused_with_the_existing_ones()
    {
        DatasetException exception = Assert.Throws<DatasetException>(
            () => SavedDataset.Load(GoldenFolder(), new SavedDatasetOptions { Split = "test" }));
        Assert.Contains("the splits are train", exception.Message);
    }

    [Fact]
    public void A_folder_not_written_by_save_to_disk_is_refused() =>
        Assert.Contains(
            "save_to_disk", Assert.Throws<DatasetException>(() => SavedDataset.Load(_folder.Path)).Message);

    [Fact]
    public void A_file_outside_the_folder_is_not_read()
    {
        _folder.Write("state.json", """{"_data_files": [{"filename": "../secret.arrow"}]}""");
        Assert.Contains(
            "'../secret.arrow' is not the name of a file in the same folder",
            Assert.Throws<DatasetException>(() => SavedDataset.Load(_folder.Path)).Message);
    }

    [Fact]
    public void A_damaged_file_gives_a_result_or_a_named_exception() => CheckDamage(200, seed: 1);

    [Fact]
    [Trait("Tier", "Slow")]
    public void Many_damaged_files_give_results_or_named_exceptions() => CheckDamage(1000, seed: 2);

    private void WriteIndices(params ulong[] numbers)
    {
        _folder.Write(new RecordBatch.Builder()
            .Append("question", true, new StringArray.Builder().AppendRange(["Which?", "Where?", "Why?"]).Build())
            .Append("answer", true, new StringArray.Builder().AppendRange(["CT", "left", "A"]).Build())
            .Build());
        _folder.Write(
            "state.json", """{"_data_files": [{"filename": "a.arrow"}], "_indices_data_files": [{"filename": "indices.arrow"}]}""");
        _folder.Write(
            new RecordBatch.Builder().Append("indices", true, new UInt64Array.Builder().AppendRange(numbers).Build()).Build(),
            "indices.arrow");
    }

    private static string GoldenFolder()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string data = Path.Combine(
                folder.FullName, "tests", "Golden", "cases", "parquet-and-json", "hf-saved-to-disk", "data");
            if (Directory.Exists(data))
            {
                return data;
            }
        }

        throw new DirectoryNotFoundException($"No tests/Golden above '{AppContext.BaseDirectory}'.");
    }

    private static RecordBatch ImagesOfViews(byte[][] images)
    {
        BinaryViewArray bytes = new BinaryViewArray.Builder()
            .Append(images[0].AsSpan()).Append(images[1].AsSpan()).Build();
        StringViewArray paths = new StringViewArray.Builder()
            .Append("short.png").Append("a-name-longer-than-12-bytes.png").Build();
        StructType type = new(
        [
            new Field("bytes", BinaryViewType.Default, true), new Field("path", StringViewType.Default, true),
        ]);
        return new RecordBatch.Builder()
            .Append("image", true, new StructArray(type, 2, [bytes, paths], ArrowBuffer.Empty, 0))
            .Append("question", true, new StringArray.Builder().Append("Which one?").Append("Where?").Build())
            .Append("answer", true, new StringArray.Builder().Append("CT").Append("left").Build())
            .Build();
    }

    private static string Bytes(VqaExample example)
    {
        using Stream stream = example.Images[0].OpenRead();
        using MemoryStream bytes = new();
        stream.CopyTo(bytes);
        return Convert.ToHexString(bytes.ToArray());
    }

    private void CheckDamage(int count, int seed)
    {
        string file = Directory.GetFiles(Path.Combine(GoldenFolder(), "train"), "*.arrow").Single();
        _folder.Write("state.json", """{"_data_files": [{"filename": "damaged.arrow"}]}""");
        SavedDatasetOptions options = new()
        {
            Table = new TableOptions { MissingTexts = MissingTextHandling.Keep, MissingImages = MissingImageHandling.Keep },
        };
        int refused = FileDamage.Check(
            File.ReadAllBytes(file), count, seed,
            damaged =>
            {
                File.WriteAllBytes(Path.Combine(_folder.Path, "damaged.arrow"), damaged);
                foreach (VqaExample example in SavedDataset.Load(_folder.Path, options))
                {
                    foreach (IImageSource image in example.Images)
                    {
                        using Stream stream = image.OpenRead();
                        stream.CopyTo(Stream.Null);
                    }
                }
            },
            exception => exception is DatasetException or IOException);
        Assert.InRange(refused, count / 10, count);
    }
}
