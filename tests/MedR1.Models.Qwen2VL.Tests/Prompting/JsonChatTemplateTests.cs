using System.Text.Json;
using MedR1.Modeling;

namespace MedR1.Models.Qwen2VL.Tests;

public sealed class JsonChatTemplateTests
{
    private const string Image = "<|vision_start|><|image_pad|><|vision_end|>";
    private const string Video = "<|vision_start|><|video_pad|><|vision_end|>";

    [Theory]
    [InlineData("\"Hi\"", "Hi")]
    [InlineData("[]", "")]
    [InlineData("[{\"type\": \"image\"}, {\"type\": \"text\", \"text\": \"Hi\"}]", Image + "Hi")]
    [InlineData("[{\"image_url\": {\"url\": \"x\"}}, {\"image\": \"y\"}]", Image + Image)]
    [InlineData("[{\"type\": \"text\", \"text\": \"Hi\", \"image\": null}]", Image)]
    [InlineData("[{\"type\": \"video\"}, {\"video\": null}]", Video + Video)]
    [InlineData("[{\"type\": \"audio\"}, {}]", "")]
    [InlineData("[{\"type\": \"text\", \"text\": null}]", "None")]
    [InlineData("[{\"type\": 3, \"text\": \"Hi\"}]", "Hi")]
    public void Parts_are_recognized_by_their_keys(string content, string rendered)
    {
        using JsonDocument document = JsonDocument.Parse($$"""[{"role": "system", "content": {{content}}}]""");

        Assert.Equal(
            "<|im_start|>system\n" + rendered + "<|im_end|>\n",
            ChatTemplate.ToText(JsonChatTemplate.RenderSegments(document.RootElement, addGenerationPrompt: false)));
    }

    [Fact]
    public void An_answer_without_content_is_an_empty_message()
    {
        using JsonDocument document =
            JsonDocument.Parse("""[{"role": "system", "content": "x"}, {"role": "assistant", "tool_calls": []}]""");

        // From Jinja2 3.1.2 with the template of the conformance cases.
        Assert.Equal(
            "<|im_start|>system\nx<|im_end|>\n<|im_start|>assistant\n<|im_end|>\n",
            ChatTemplate.ToText(JsonChatTemplate.RenderSegments(document.RootElement, addGenerationPrompt: false)));
    }

    [Fact]
    public void Videos_and_images_are_numbered_separately()
    {
        using JsonDocument document =
            JsonDocument.Parse("""[{"role": "system", "content": [{"type": "video"}, {"image": 1}, {"video": 2}]}]""");

        Assert.Contains(
            $"Video 1: {Video}Picture 1: {Image}Video 2: {Video}",
            ChatTemplate.ToText(JsonChatTemplate.RenderSegments(document.RootElement, addVisionId: true)),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "array of messages")]
    [InlineData("[3]", "Message 0")]
    [InlineData("[{\"content\": \"x\"}]", "Message 0")]
    [InlineData("[{\"role\": \"user\", \"content\": null}]", "content of type Null")]
    [InlineData("[{\"role\": \"user\", \"content\": [\"x\"]}]", "Part 0 of message 0 is String")]
    [InlineData("[{\"role\": \"user\", \"content\": [{\"text\": 3}]}]", "part 0 of message 0 is Number")]
    public void The_fault_in_json_that_is_not_a_conversation_is_located(string json, string fault)
    {
        using JsonDocument document = JsonDocument.Parse(json);

        InvalidPromptException error =
            Assert.Throws<InvalidPromptException>(() => JsonChatTemplate.RenderSegments(document.RootElement));
        Assert.Contains(fault, error.Message, StringComparison.Ordinal);
    }
}
