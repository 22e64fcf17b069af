using System.Text.Json;
using global::Parquet;
using global::Parquet.Serialization;
using MedR1.TestSupport;

namespace MedR1.Datasets.Parquet.Tests;

/// <summary>TRL's conversational data sets as the hub stores them: llava-instruct-mix-vsft (parts) and llava-instruct-mix (texts).</summary>
public sealed class ConversationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // The same items as JSON Lines, whose reader shares the rules but neither columns nor levels.
    [Fact]
    public async Task Conversations_of_parts_are_those_of_the_same_JSON()
    {
        Random random = new(7);
        PartsRow[] rows = [.. Enumerable.Range(0, 60).Select(i => RandomRow(random, i))];
        string file = await WriteAsync(rows);
        string[] lines = [.. rows.Select(row => JsonSerializer.Serialize(
            new { row.messages, images = row.images.Select(image => image.path), row.level }))];
        ConversationDataset expected = ConversationDataset.Load(
            _folder.Write("a.jsonl", string.Join('\n', lines)), _folder.Path,
            new ConversationOptions { MissingImages = MissingImageHandling.Keep });

        ConversationDataset actual = ParquetDataset.LoadConversations(file);
        Assert.Equal("a", actual.Name);
        Assert.Equal(expected.Select(Describe), actual.Select(Describe));
        Assert.Equal(Enumerable.Range(0, 60).Select(i => $"a.parquet/{i}"), actual.Select(one => one.Id));
        Assert.Equal(Enumerable.Range(0, 60).Select(i => $"{i}"), actual.Select(one => Assert.Single(one.Metadata).Value));
        Assert.Equal(
            rows.SelectMany(row => row.images.Select(image => image.bytes)), actual.SelectMany(one => one.Images.Select(Read)));
        Assert.Contains(actual, one => one.Messages.Count == 0);
        Assert.Contains(actual, one => one.Messages.Any(message => message.Content.Count == 0));
    }

    [Fact]
    public async Task Images_of_texts_without_marks_stand_before_the_first_question()
    {
        string file = await WriteAsync<TextsRow>(
        [
            new()
            {
                prompt = [new() { role = "system", content = "Be brief" }, new() { role = "user", content = "CT or MRI?" }],
                completion = [new() { role = "assistant", content = "MRI" }],
                images = [ImageOf(0), ImageOf(1)],
            },
            new() { prompt = [new() { role = "user", content = "Is\n<image>\nCT?" }], images = [ImageOf(2)], solution = "yes" },
        ]);

        ConversationDataset dataset = ParquetDataset.LoadConversations(file);
        Assert.Equal(
            ["system: Be brief | user: (0.png), (1.png), CT or MRI? | assistant: MRI", "user: Is, (2.png), CT?"],
            dataset.Select(Describe));
        Assert.Equal(["MRI", "yes"], dataset.Select(one => one.ToPrompt().Example!.Answer));
        Assert.Equal(dataset[0].Images, dataset[0].ToPrompt().Images);
    }

    // As verl's scripts write geometry3k.
    [Fact]
    public async Task Values_in_structures_are_metadata_and_the_ground_truth_is_the_answer()
    {
        string file = await WriteAsync<VerlRow>(
        [
            new()
            {
                data_source = "hiyouga/geometry3k",
                prompt = [new() { role = "user", content = "<image>Find x. Think first." }],
                images = [ImageOf(0)],
                reward_model = new() { style = "rule", ground_truth = @"2 \sqrt { 221 }" },
                extra_info = new() { split = "train", index = 7, tools = ["zoom"] },
            },
            new() { prompt = [new() { role = "user", content = "2+2?" }], images = [], extra_info = new() { split = "test" } },
        ]);

        ConversationDataset dataset = ParquetDataset.LoadConversations(file);
        Assert.Equal(["user: (0.png), Find x. Think first.", "user: 2+2?"], dataset.Select(Describe));
        Assert.Equal([@"2 \sqrt { 221 }", ""], dataset.Select(one => one.ToPrompt().Example!.Answer));
        Assert.Equal(
            ["data_source: hiyouga/geometry3k", "extra_info.index: 7", "extra_info.split: train",
                @"reward_model.ground_truth: 2 \sqrt { 221 }", "reward_model.style: rule"],
            dataset[0].Metadata.Select(one => $"{one.Key}: {one.Value}").Order(StringComparer.Ordinal));
        Assert.Equal("extra_info.split: test", string.Join(", ", dataset[1].Metadata.Select(one => $"{one.Key}: {one.Value}")));
    }

    [Theory]
    [InlineData("nobody", "?", "field 'role': 'nobody' is not a known role")]
    [InlineData(null, "?", "field 'role': missing or not a text")]
    [InlineData("user", null, "field 'content': missing or not a text")]
    [InlineData("user", "<image><image>", "field 'image': more '<image>' placeholders than the item's 1 images")]
    [InlineData("assistant", "no question", "field 'prompt': 0 '<image>' placeholders for 1 images")]
    public async Task What_does_not_fit_is_refused_with_its_file_and_row(string? role, string? content, string fault)
    {
        TextsRow good = new() { prompt = [new() { role = "user", content = "?" }], images = [ImageOf(0)] };
        string file = await WriteAsync([good, new() { prompt = [new() { role = role, content = content }], images = [ImageOf(1)] }]);
        DatasetException exception = Assert.Throws<DatasetException>(() => ParquetDataset.LoadConversations(file));
        Assert.Contains($"{file}, item 1, {fault}", exception.Message);
        Assert.Equal((file, 1), (exception.FilePath, exception.ItemIndex));
    }

    [Fact]
    public async Task Rows_that_are_not_conversations_are_refused_with_the_fix()
    {
        string file = await WriteAsync<TextsRow>([new() { images = [] }]);
        Assert.Contains("field 'messages': missing. The row has the columns", Refusal(file));
        file = await WriteAsync<QuestionRow>([new() { prompt = "CT?" }]);
        Assert.Contains("with its name in Columns.Question", Refusal(file));
        file = await WriteAsync<OtherImagesRow>([new() { scans = [ImageOf(0)], messages = [new() { role = "user", content = "CT?" }] }]);
        Assert.Contains("Set Columns.Images to \"scans\"", Refusal(file));
        ConversationDataset named = ParquetDataset.LoadConversations(
            file, new ParquetDatasetOptions { Table = new TableOptions { Columns = new ExampleColumns { Images = "scans" } } });
        Assert.Equal("user: (0.png), CT?", Describe(Assert.Single(named)));

        static string Refusal(string file) =>
            Assert.Throws<DatasetException>(() => ParquetDataset.LoadConversations(file)).Message;
    }

    // Images without bytes are paths, which may be missing on disk.
    [Fact]
    public async Task Rows_whose_images_are_missing_are_left_out_if_allowed()
    {
        string file = await WriteAsync<TextsRow>(
        [
            new() { prompt = [new() { role = "user", content = "?" }], images = [new() { path = "there.png" }] },
            new() { prompt = [new() { role = "user", content = "?" }], images = [new() { path = "gone.png" }] },
        ]);
        string folder = Directory.CreateDirectory(Path.Combine(_folder.Path, "images")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(folder, "there.png"), [1]);
        TableOptions table = new() { ImageRoot = folder };
        Assert.Contains("'gone.png'", Assert.Throws<DatasetException>(
            () => ParquetDataset.LoadConversations(file, new ParquetDatasetOptions { Table = table })).Message);
        ConversationDataset kept = ParquetDataset.LoadConversations(
            file, new ParquetDatasetOptions { Table = table with { MissingImages = MissingImageHandling.Skip } });
        Assert.Equal([1], Read(Assert.Single(Assert.Single(kept).Images)));
        Assert.Equal(1, kept.MissingImages.ExampleCount);
    }

    [Fact]
    public async Task A_damaged_file_is_read_or_refused()
    {
        Random random = new(3);
        byte[] bytes = await File.ReadAllBytesAsync(await WriteAsync([.. Enumerable.Range(0, 20).Select(i => RandomRow(random, i))]));
        string path = Path.Combine(_folder.Path, "damaged.parquet");
        int refused = FileDamage.Check(bytes, 80, seed: 1, Load, exception => exception is DatasetException);
        Assert.InRange(refused, 8, 80);

        void Load(byte[] damaged)
        {
            File.WriteAllBytes(path, damaged);
            ParquetDataset.LoadConversations(path);
        }
    }

    private static string Describe(Conversation conversation) => string.Join(" | ", conversation.Messages.Select(message =>
        $"{message.Role}: {string.Join(", ", message.Content.Select(Describe))}"));

    private static string Describe(ChatPart part) => part is ImagePart image ? Named(image.Image) : ((TextPart)part).Text;

    private static string Named(IImageSource image) => $"({image.Name.Split('/', '\\', '(')[^1].TrimEnd(')')})";

    private static PartsRow RandomRow(Random random, int i)
    {
        Message[] messages = [.. Enumerable.Range(0, random.Next(4)).Select(turn => new Message
        {
            role = turn % 2 == 0 ? "user" : "assistant",
            content = [.. Enumerable.Range(0, random.Next(4)).Select(part => random.Next(3) == 0
                ? new Part { type = "image", index = part } : new Part { type = "text", text = $"{i}.{turn}.{part}" })],
        })];
        int images = messages.Sum(message => message.content.Count(part => part.type == "image"));
        return new PartsRow
        {
            messages = [.. messages], images = [.. Enumerable.Range(i * 20, images).Select(ImageOf)], level = i,
        };
    }

    private static Image ImageOf(int i) => new() { bytes = [.. BitConverter.GetBytes(i * 31)], path = $"{i}.png" };

    private static byte[] Read(IImageSource image)
    {
        using Stream stream = image.OpenRead();
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private async Task<string> WriteAsync<T>(T[] rows)
        where T : class, new()
    {
        string file = Path.Combine(_folder.Path, "a.parquet");
        await ParquetSerializer.SerializeAsync(rows, file, new ParquetOptions { RowGroupSize = 7 });
        return file;
    }

    // The property names are the column names of the file.
#pragma warning disable SA1300, IDE1006
    private sealed class Image
    {
        public byte[]? bytes { get; set; }

        public string? path { get; set; }
    }

    private sealed class Part
    {
        public long? index { get; set; }

        public string? text { get; set; }

        public string? type { get; set; }
    }

    private sealed class Message
    {
        public List<Part> content { get; set; } = [];

        public string? role { get; set; }
    }

    private sealed class PartsRow
    {
        public List<Message> messages { get; set; } = [];

        public List<Image> images { get; set; } = [];

        public int level { get; set; }
    }

    private sealed class TextMessage
    {
        public string? content { get; set; }

        public string? role { get; set; }
    }

    private sealed class TextsRow
    {
        public List<Image>? images { get; set; }

        public List<TextMessage>? prompt { get; set; }

        public List<TextMessage>? completion { get; set; }

        public string? solution { get; set; }
    }

    private sealed class RewardModel
    {
        public string? style { get; set; }

        public string? ground_truth { get; set; }
    }

    private sealed class ExtraInfo
    {
        public string? split { get; set; }

        public long? index { get; set; }

        public List<string>? tools { get; set; }
    }

    private sealed class VerlRow
    {
        public string? data_source { get; set; }

        public List<TextMessage>? prompt { get; set; }

        public List<Image>? images { get; set; }

        public RewardModel? reward_model { get; set; }

        public ExtraInfo? extra_info { get; set; }
    }

    private sealed class QuestionRow
    {
        public string? prompt { get; set; }
    }

    private sealed class OtherImagesRow
    {
        public List<Image>? scans { get; set; }

        public List<TextMessage>? messages { get; set; }
    }
#pragma warning restore SA1300, IDE1006
}
