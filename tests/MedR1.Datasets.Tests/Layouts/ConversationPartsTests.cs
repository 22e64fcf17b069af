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
            $$"""{"prompt":[{{Asked}}],"images":["a.png"],"solution":"MRI","level":2,"ok":true,"boxes":[1],"note":null,"""
            + """ "more":{"image":{"bytes":"AAAA","path":"b.png"},"uri":"data:image/png;base64,AAAA","split":"train"}}""",
        ];
        string file = _folder.Write("c.jsonl", start + string.Join(between, items) + end);
        ConversationDataset dataset = ConversationDataset.Load(
            file, _folder.Path, new ConversationOptions { MissingImages = MissingImageHandling.Keep });

        Assert.Equal([3, 3, 2], dataset.Select(one => one.Messages.Count));
        Assert.Equal(["c/0", "c/1", "c/2"], dataset.Select(one => one.Id));
        Assert.All(dataset.Select(one => one.ToPrompt()), IsAsked);
        Assert.Equal(["CT", "CT", "MRI"], dataset.Select(one => one.ToPrompt().Example!.Answer));
        Assert.Equal(
            [("level", "2"), ("more.split", "train"), ("ok", "true"), ("solution", "MRI")],
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

    // TRL's prepare_multimodal_messages puts the images of texts before the first user's text, and so does VLM-R1, whose file for
    // training with several images (gui_multi-image.jsonl) has no marks.
    [Theory]
    [InlineData("""{"messages":[{"role":"system","content":"s"},{"role":"user","content":"u"},{"role":"user","content":"v"}]""", "s,image,u,v")]
    [InlineData("""{"prompt":[{"role":"assistant","content":"a"}]""", null)]
    [InlineData("""{"messages":[{"role":"user","content":"u"},{"role":"assistant","content":[{"type":"text","text":"a"}]}]""", null)]
    [InlineData("""{"conversations":[{"from":"human","value":"u"},{"from":"gpt","value":"a"}]""", "image,u,a")]
    [InlineData("""{"conversations":[{"from":"gpt","value":"a"}]""", null)]
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

    // VLM-R1's answers (grpo_jsonl.py): anything but a text is written out, and tags around an answer are removed.
    [Theory]
    [InlineData("3", "3")]
    [InlineData("0.50", "0.50")]
    [InlineData("[103.93, 299.99, 238.15, 477.41]", "[103.93, 299.99, 238.15, 477.41]")]
    [InlineData("\"<answer> yes </answer>\"", "yes")]
    [InlineData("\"<think>why</think>\\n<answer>\\n3\\n4\\n</answer>\"", "3\n4")]
    [InlineData("\" as it is \"", " as it is ")]
    public void An_answer_is_a_text_or_numbers(string value, string answer)
    {
        string file = _folder.Write(
            "c.jsonl", $$"""{"conversations":[{"from":"human","value":"<image>Where?"},{"from":"gpt","value":{{value}}}],"image":"a.png"}""");
        Conversation conversation = Assert.Single(ConversationDataset.Load(
            file, _folder.Path, new ConversationOptions { MissingImages = MissingImageHandling.Keep }));
        Assert.Equal([answer, answer], [conversation.ToExample()!.Answer, conversation.ToPrompt().Example!.Answer]);
    }

    [Theory]
    [InlineData("[1, \"2\"]", "field 'value': the list contains a JSON Number, but objects were expected")]
    [InlineData("true", "field 'value': a JSON True, but a string was expected")]
    public void Other_answers_are_refused(string value, string fault)
    {
        string file = _folder.Write(
            "c.jsonl", $$"""{"conversations":[{"from":"human","value":"?"},{"from":"gpt","value":{{value}}}]}""");
        Assert.Contains(fault, Assert.Throws<DatasetException>(() => ConversationDataset.Load(file, _folder.Path)).Message);
    }

    private static void IsAsked(VqaPrompt prompt)
    {
        Assert.Equal([ChatRole.System, ChatRole.User], prompt.Messages.Select(message => message.Role));
        Assert.Equal(["Is", "image", "an MRI?"], prompt.Messages[1].Content.Select(part => part is TextPart text ? text.Text : "image"));
        Assert.Equal("Is\nan MRI?", prompt.Example!.Question);
        Assert.EndsWith("a.png", Assert.Single(prompt.Example.Images).Name);
    }
}
