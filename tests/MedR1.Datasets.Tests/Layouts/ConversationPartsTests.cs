using MedR1.TestSupport;

namespace MedR1.Datasets.Tests;

/// <summary>TRL's conversational formats (dataset_formats.md of its documentation): messages, prompt and completion, or prompt alone.</summary>
public sealed class ConversationPartsTests : IDisposable
{
    private const string Asked =
        """{"role":"system","content":"Be brief"},"""
        + """{"role":"user","content":[{"type":"text","text":"Is"},{"type":"image","text":null,"index":0},{"type":"text","text":"an MRI?"}]}""";

    private const string Answered = """{"role":"assistant","content":[{"type":"text","text":"CT"}]}""";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("[", ",", "]")]
    [InlineData("", "\n", "\n\n")]
    [InlineData("\uFEFF", "\r\n", "")]
    public void Conversations_of_parts_are_read_from_an_array_or_from_lines(string start, string between, string end)
    {
        string[] items =
        [
            $$"""{"messages":[{{Asked}},{{Answered}}],"images":["a.png"]}""",
            $$"""{"prompt":[{{Asked}}],"completion":[{{Answered}}],"images":["a.png"]}""",
            $$"""{"prompt":[{{Asked}}],"images":["a.png"],"solution":"MRI","level":2,"ok":true,"boxes":[1],"note":null}""",
        ];
        string file = _folder.Write("c.jsonl", start + string.Join(between, items) + end);
        ConversationDataset dataset = ConversationDataset.Load(
            file, _folder.Path, new ConversationOptions { MissingImages = MissingImageHandling.Keep });

        Assert.Equal([3, 3, 2], dataset.Select(one => one.Messages.Count));
        Assert.Equal(["c/0", "c/1", "c/2"], dataset.Select(one => one.Id));
        Assert.All(dataset.Select(one => one.ToPrompt()), IsAsked);
        Assert.Equal(["CT", "CT", "MRI"], dataset.Select(one => one.ToPrompt().Example!.Answer));
        Assert.Equal(
            [("level", "2"), ("ok", "true"), ("solution", "MRI")],
            dataset[2].ToPrompt().Example!.Metadata.Select(pair => (pair.Key, pair.Value)).Order());
        Assert.Empty(dataset[0].Metadata);
        Assert.Equal(2, dataset.ToExamples().Count);
    }

    [Theory]
    [InlineData("""[{"type":"image"},{"type":"image"}]""", "field 'image': more '<image>' placeholders than the item's 1 images")]
    [InlineData("""[{"type":"text","text":"What?"}]""", "field 'prompt': 0 '<image>' placeholders for 1 images")]
    [InlineData("""[{"type":"video"}]""", "field 'type': 'video' is not a known kind of part")]
    [InlineData("""[{"type":"image"}""", "c.jsonl, item 1, is not valid JSON")]
    [InlineData("""[{"type":"image"}]}],"images":["a.png"]} 7 {"prompt":[{"role":"user","content":"" """, "c.jsonl, item 2: a JSON Number")]
    public void What_does_not_fit_is_refused(string content, string fault)
    {
        string file = _folder.Write(
            "c.jsonl",
            """{"prompt":[],"images":[]}""" + "\n" + $$"""{"prompt":[{"role":"user","content":{{content}}}],"images":["a.png"]}""");
        DatasetException exception = Assert.Throws<DatasetException>(() => ConversationDataset.Load(file, _folder.Path));
        Assert.Contains(fault, exception.Message);
        Assert.Equal(fault.Contains("item 2", StringComparison.Ordinal) ? 2 : 1, exception.ItemIndex);
    }

    // TRL's prepare_multimodal_messages puts the images of texts before the first user's text.
    [Theory]
    [InlineData("""{"messages":[{"role":"system","content":"s"},{"role":"user","content":"u"},{"role":"user","content":"v"}]""", "s,image,u,v")]
    [InlineData("""{"prompt":[{"role":"assistant","content":"a"}]""", null)]
    [InlineData("""{"messages":[{"role":"user","content":"u"},{"role":"assistant","content":[{"type":"text","text":"a"}]}]""", null)]
    [InlineData("""{"conversations":[{"from":"human","value":"u"}]""", null)]
    public void Images_of_texts_without_marks_stand_before_the_first_question(string item, string? expected)
    {
        string file = _folder.Write("c.jsonl", item + ""","images":["a.png"]}""");
        ConversationOptions options = new() { MissingImages = MissingImageHandling.Keep };
        if (expected is null)
        {
            Assert.Contains(
                "0 '<image>' placeholders for 1 images",
                Assert.Throws<DatasetException>(() => ConversationDataset.Load(file, _folder.Path, options)).Message);
            return;
        }

        Conversation conversation = Assert.Single(ConversationDataset.Load(file, _folder.Path, options));
        Assert.Equal(expected, string.Join(',', conversation.Messages.SelectMany(message => message.Content)
            .Select(part => part is TextPart text ? text.Text : "image")));
    }

    private static void IsAsked(VqaPrompt prompt)
    {
        Assert.Equal([ChatRole.System, ChatRole.User], prompt.Messages.Select(message => message.Role));
        Assert.Equal(["Is", "image", "an MRI?"], prompt.Messages[1].Content.Select(part => part is TextPart text ? text.Text : "image"));
        Assert.Equal("Is\nan MRI?", prompt.Example!.Question);
        Assert.EndsWith("a.png", Assert.Single(prompt.Example.Images).Name);
    }
}
