using MedR1.TestSupport;

namespace MedR1.Datasets.Tests;

public sealed class JsonLinesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Line_breaks_byte_order_marks_and_blank_lines_change_nothing()
    {
        const string first = """{"question":"a","answer":"no"}""";
        const string second = "{\"question\":\"b\u2028b\",\"answer\":2.5}";
        foreach (string text in (string[])
            [$"{first}\n{second}\n", $"\uFEFF{first}\r\n\r\n{second}", $"\n \t\n{first}\n{second}\n\n"])
        {
            TableDataset dataset = JsonLines.Load(_folder.Write("a.jsonl", text));
            Assert.Equal(["a", "b\u2028b"], dataset.Select(example => example.Question));
            Assert.Equal(["no", "2.5"], dataset.Select(example => example.Answer));
            Assert.Equal("a.jsonl/1", dataset[1].Id);
        }
    }

    // As int(...) of each in Python's json; they exceed the precision of a double.
    [Fact]
    public void Long_numbers_keep_their_digits()
    {
        TableDataset dataset = JsonLines.Load(_folder.Write("a.jsonl", """
            {"id":1234567890123456789,"question":"a","answer":"b","n":9007199254740993,"m":-9223372036854775808}
            {"id":18446744073709551615,"question":"a","answer":"b","n":1e3,"m":0.1}
            """));
        Assert.Equal(["1234567890123456789", "18446744073709551615"], dataset.Select(example => example.Id));
        Assert.Equal(["9007199254740993", "1000"], dataset.Select(example => example.Metadata["n"]));
        Assert.Equal(["-9223372036854775808", "0.1"], dataset.Select(example => example.Metadata["m"]));
    }

    [Theory]
    [InlineData("[[\"a.png\"]]")]
    [InlineData("[{\"url\":\"a.png\"}]")]
    [InlineData("{\"bytes\":[137,80,78,71]}")]
    [InlineData("{\"bytes\":null,\"path\":7}")]
    public void An_invalid_image_is_not_treated_as_none(string image)
    {
        string file = _folder.Write("a.jsonl", $$"""{"question":"a","answer":"b","image":{{image}}}""");
        Assert.Contains(
            "field 'image': a list or an object, but an image was expected",
            Assert.Throws<DatasetException>(() => JsonLines.Load(file)).Message);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{\"bytes\":null,\"path\":null}")]
    [InlineData("{\"bytes\":null}")]
    [InlineData("[null]")]
    public void An_image_that_is_null_is_treated_as_none(string image) => Assert.Empty(Assert.Single(JsonLines.Load(
        _folder.Write("a.jsonl", $$"""{"question":"a","answer":"b","image":{{image}}}"""))).Images);

    // One letter more than supported, or one left out; and only nulls, with which programs express that there are none.
    [Fact]
    public void Objects_with_other_or_too_many_letters_are_refused_and_objects_of_nulls_mean_no_options()
    {
        string letters = string.Join(',', Enumerable.Range(0, 27).Select(i => $"\"{(char)('A' + i)}\":{(i == 26 ? "null" : "\"x\"")}"));
        TableDataset dataset = JsonLines.Load(_folder.Write("a.jsonl", $$$"""
            {"question":"a","answer":"b","options":{"A":null,"B":null},"other":{{{{letters}}}}}
            """));
        Assert.Empty(Assert.Single(dataset).Options);
        foreach (string options in (string[])[letters, """ "A":"x","C":"y" """])
        {
            Assert.Contains("a list of strings was expected", Assert.Throws<DatasetException>(() => Load(options)).Message);
        }

        Assert.Equal(26, Load(letters[..letters.LastIndexOf(',')])[0].Options.Count);

        TableDataset Load(string options) => JsonLines.Load(_folder.Write(
            "b.jsonl", $$$"""{"question":"a","answer":"A","options":{{{{options}}}}}"""));
    }

    [Fact]
    public void Options_are_removed_from_the_text_once()
    {
        // A line of Med-R1; the same with its options in a column; options as letters; options that are not in the text.
        TableDataset dataset = JsonLines.Load(_folder.Write("a.jsonl", """
            {"problem":"Which? A)CT, B)MRI","solution":"<answer> B </answer>"}
            {"problem":"Which? A)CT, B)MRI","options":["CT","MRI"],"answer":"mri."}
            {"question":"Which?","options":{"A":"CT","B":"MRI","C":null},"answer":"B"}
            {"question":"Is A) shown?","answer":"yes","score":0.5,"n":3,"ok":true,"none":null}
            """));
        foreach (VqaExample example in dataset.Take(3))
        {
            Assert.Equal(("Which?", "MRI", 1, "Which? A)CT, B)MRI"),
                (example.Question, example.Answer, example.AnswerIndex, example.Problem));
        }

        Assert.Equal("Which? A)CT, B)MRI", dataset[1].Metadata["problem"]);
        Assert.Equal("mri.", dataset[1].Metadata["answer"]);
        Assert.Equal(("Is A) shown?", 0), (dataset[3].Question, dataset[3].Options.Count));
        Assert.Equal(
            [("n", "3"), ("ok", "true"), ("score", "0.5")],
            dataset[3].Metadata.OrderBy(pair => pair.Key).Select(pair => (pair.Key, pair.Value)));
    }

    [Theory]
    [InlineData("data: 45-year-old man with a cough")]
    [InlineData("data:text; see base64")]
    [InlineData("data:")]
    [InlineData("data:a/b;c")]
    [InlineData("data:a/b c;base64,AAAA")]
    [InlineData("data:text;base64,AAAA")]
    public void A_sentence_that_begins_with_data_is_text(string question)
    {
        TableDataset dataset = JsonLines.Load(
            _folder.Write("a.jsonl", $$"""{"question":"{{question}}","answer":"a"}"""));
        Assert.Equal(question, dataset[0].Question);
    }

    [Fact]
    public void Embedded_images_are_read_from_the_file_when_opened()
    {
        byte[] original = [.. Enumerable.Range(0, 300).Select(i => (byte)i)];
        string base64 = Convert.ToBase64String(original);
        string file = _folder.Write("a.jsonl", $$"""
            {"question":"?","answer":"a","image":"data:image/png;base64,{{base64}}"}
            {"question":"?","answer":"a","images":[{"bytes":"{{base64}}","path":"x.png"},"data:image/png;base64,{{base64}}"]}
            """);
        TableDataset dataset = JsonLines.Load(file);
        foreach (IImageSource image in dataset.SelectMany(example => example.Images))
        {
            using Stream stream = image.OpenRead();
            byte[] bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            Assert.Equal(original, bytes);
        }

        Assert.Equal([1, 2], dataset.Select(example => example.Images.Count));
        File.WriteAllText(file, new string('x', 5000));
        Assert.Contains("has the file changed", Assert.Throws<IOException>(() => dataset[0].Images[0].OpenRead()).Message);
    }

    [Theory]
    [InlineData("""{"question":"?","answer":"C","options":["x","y"]}""", "is none of the options x | y")]
    [InlineData("""{"question":"?"}""", "has no answer; its columns are question")]
    [InlineData("""{"question":"?","answer":"a","image":"../a.png"}""", "'../a.png' is neither a path below")]
    [InlineData("""{"question":"?","answer":"a","image":"..\\a.png"}""", "is neither a path below")]
    [InlineData("""{"question":"?","answer":"a","image":"C:\\a.png"}""", "is neither a path below")]
    [InlineData("""{"question":"?","answer":"a","image":"\\\\server\\a.png"}""", "is neither a path below")]
    [InlineData("""{"question":"?","answer":"a","image":"/a.png"}""", "'/a.png' is neither a path below")]
    [InlineData("""{"question":"?","answer":1,"options":["x","y"]}""", "could count from 0 or from 1")]
    [InlineData("""{"question":"?","answer":"a","image":"https://a/b.png"}""", "must be downloaded first")]
    [InlineData("""{"question":"?","answer":"a","image":"data:image/png;base64,&"}""", "not valid base64")]
    [InlineData("""{"question":["?"],"answer":"a"}""", "a single value was expected")]
    [InlineData("""{"question":"?","answer":"a","options":"x"}""", "a list of strings was expected")]
    [InlineData("""{"question":"?","answer":"C","options":{"B":"x","C":"y"}}""", "a list of strings was expected")]
    [InlineData("""{"question":"?","answer":"A","options":{"A":"x","B":null,"C":"y"}}""", "entry 1 is not a string")]
    [InlineData("""{"question":{"en":"?"},"answer":"a"}""", "a single value was expected")]
    [InlineData("""["question"]""", "an object was expected. Every line must contain one object; jq -c '.[]'")]
    [InlineData("[", "not valid JSON")]
    [InlineData("""{"question":"?","answer":"a" """, "not valid JSON")]
    public void A_faulty_row_is_named_with_the_file_its_place_and_the_fault(string line, string fault)
    {
        string file = _folder.Write("a.jsonl", $"{{\"question\":\"?\",\"answer\":\"a\"}}\n\n{line}\n");
        DatasetException exception = Assert.Throws<DatasetException>(() => JsonLines.Load(file));
        Assert.Contains(fault, exception.Message);
        Assert.Equal((file, 1), (exception.FilePath, exception.ItemIndex));
    }

    [Fact]
    public void Paths_written_on_Windows_work_everywhere()
    {
        _folder.Write("images/ct/1.png", "1");
        string file = _folder.Write(
            "a.jsonl", """{"question":"?","answer":"a","images":["images\\ct\\1.png","images/ct\\1.png"]}""");

        TableDataset dataset = JsonLines.Load(file);

        Assert.Equal(2, dataset[0].Images.Count);
        foreach (IImageSource image in dataset[0].Images)
        {
            using StreamReader text = new(image.OpenRead());
            Assert.Equal("1", text.ReadToEnd());
        }
    }

    [Fact]
    public void Missing_images_and_texts_are_counted()
    {
        string file = _folder.Write("a.jsonl", """
            {"question":"?","answer":"a","image":"there.png"}
            {"question":"?","answer":"a","image":"gone.png"}
            {"question":null,"answer":"a"}
            """);
        _folder.Write("there.png", "");
        TableDataset skipped = JsonLines.Load(file, Lenient(MissingImageHandling.Skip, MissingTextHandling.Skip));
        Assert.Equal((1, 1, 1), (skipped.Count, skipped.MissingImages.ExampleCount, skipped.MissingTexts));
        TableDataset kept = JsonLines.Load(file, Lenient(MissingImageHandling.Keep, MissingTextHandling.Keep));
        Assert.Equal((3, ""), (kept.Count, kept[2].Question));
        Assert.Contains("'gone.png'", Assert.Throws<DatasetException>(
            () => JsonLines.Load(file, Lenient(MissingImageHandling.Throw, MissingTextHandling.Keep))).Message);
    }

    // metadata.jsonl of a folder of images, as on the Hugging Face hub.
    [Fact]
    public void A_file_name_is_an_image_if_it_looks_like_one()
    {
        _folder.Write("train/p0.PNG", "");
        TableDataset dataset = JsonLines.Load(_folder.Write("a.jsonl", """
            {"question":"?","answer":"a","file_name":"train/p0.PNG"}
            {"question":"?","answer":"a","file_name":"notes.pdf"}
            {"question":"?","answer":"a","file_name":"p1.png","image":"train/p0.PNG"}
            """));
        Assert.Equal([1, 0, 1], dataset.Select(example => example.Images.Count));
        Assert.Equal("notes.pdf", dataset[1].Metadata["file_name"]);
        Assert.Equal("p1.png", dataset[2].Metadata["file_name"]);
        Assert.DoesNotContain("file_name", dataset[0].Metadata.Keys);
    }

    [Fact]
    public async Task A_folder_of_images_without_an_image_column_is_refused_with_the_columns()
    {
        string file = _folder.Write("a.jsonl", """
            {"question":"?","answer":"a","about":"p0"}
            {"question":"?","answer":"a","about":"p1"}
            """);
        JsonLinesOptions options = new() { Table = new TableOptions { ImageRoot = _folder.Path } };
        DatasetException error = Assert.Throws<DatasetException>(() => JsonLines.Load(file, options));
        Assert.Contains("the columns are question, answer, about. Set Columns.Images", error.Message);
        await Assert.ThrowsAsync<DatasetException>(async () => await JsonLines.ReadAsync(file, options).CountAsync());

        // Without the folder, or if any row has an image, questions may be text only.
        Assert.Equal(2, JsonLines.Load(file).Count);
        string mixed = _folder.Write("b.jsonl", """
            {"question":"?","answer":"a"}
            {"question":"?","answer":"a","image":"b.jsonl"}
            """);
        Assert.Equal(2, JsonLines.Load(mixed, options).Count);
    }

    [Fact]
    public void A_folder_instead_of_the_file_and_foreign_paths_are_refused_with_the_fix()
    {
        string file = _folder.Write("a.jsonl", """{"question":"?","answer":"a","image":"p0.png"}""");
        Assert.Equal(
            $"{_folder.Path} is a folder; give a file in it.",
            Assert.Throws<DatasetException>(() => JsonLines.Load(_folder.Path)).Message);
        Assert.Contains(
            "set ImageRoot to the folder that the paths are relative to", Assert.Throws<DatasetException>(() => JsonLines.Load(file)).Message);
    }

    [Fact]
    public async Task Streaming_can_be_cancelled_and_lines_have_a_limit()
    {
        string line = $"{{\"question\":\"{new string('q', 20_000)}\",\"answer\":\"a\"}}\n";
        string file = _folder.Write("a.jsonl", string.Concat(Enumerable.Repeat(line, 100)));
        using CancellationTokenSource source = new();
        int count = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (VqaExample example in JsonLines.ReadAsync(file, cancellationToken: source.Token))
            {
                Assert.Equal(20_000, example.Question.Length);
                if (++count == 70)
                {
                    await source.CancelAsync();
                }
            }
        });
        Assert.Equal(70, count);
        DatasetException exception = Assert.Throws<DatasetException>(
            () => JsonLines.Load(file, new JsonLinesOptions { MaxLineLength = 5000 }));
        Assert.Contains("longer than 5000 bytes", exception.Message);
        Assert.Equal(100, JsonLines.Load(file, new JsonLinesOptions { MaxLineLength = line.Length - 1 }).Count);
    }

    [Fact]
    public void The_buffer_keeps_its_initial_size_however_long_the_file()
    {
        byte[] line = [.. Enumerable.Repeat((byte)'x', 19_999), (byte)'\n'];
        JsonLineBuffer buffer = new("a.jsonl", maxLineLength: 1 << 20);
        int lines = 0;
        for (int i = 0; i < 2000; i++)
        {
            Memory<byte> free = buffer.Free();
            Assert.InRange(free.Length, line.Length, 1 << 16);
            line.CopyTo(free);
            buffer.Filled(line.Length);
            while (buffer.TryTake(isAtEnd: false, out JsonLine taken))
            {
                Assert.Equal((lines, lines * 20_000L, 19_999), (taken.Row, taken.Offset, taken.Bytes.Length));
                lines++;
            }
        }

        Assert.Equal(2000, lines);
    }

    private static JsonLinesOptions Lenient(MissingImageHandling images, MissingTextHandling texts) =>
        new() { Table = new TableOptions { MissingImages = images, MissingTexts = texts } };
}
