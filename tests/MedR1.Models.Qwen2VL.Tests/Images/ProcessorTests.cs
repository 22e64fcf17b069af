using MedR1.Imaging;
using MedR1.Modeling;

namespace MedR1.Models.Qwen2VL.Tests;

public sealed class ProcessorTests
{
    private static readonly IImageSource _image =
        new PixelImageSource("gray", new RgbImage(16, 8, new byte[16 * 8 * 3]));

    [Fact]
    public void A_prompt_has_a_placeholder_for_each_feature()
    {
        Qwen2VLProcessor processor = TinyModel.Processor();
        EncodedPrompt prompt = processor.Encode(VqaPrompt.Ask("What is shown?", _image, _image));
        Assert.Equal(2, prompt.Images.Count);
        Assert.Equal(new ImageGrid(1, 2, 4), prompt.Images[0].Grid);
        Assert.Equal(2 * 2, prompt.TokenIds.Count(token => token == TinyModel.ImageToken));
        Assert.Contains("What is shown?", prompt.Text, StringComparison.Ordinal);
        using Qwen2VLPolicy policy = TinyModel.Create();
        Assert.Equal(prompt.TokenIds.Count, new SequenceBatch(
            Qwen2VLLayout.Of(policy.Configuration with { Text = policy.Configuration.Text with { ContextLength = 200 } }), [prompt])
                .Longest);
    }

    [Fact]
    public void A_placeholder_in_the_text_of_the_user_stays_text()
    {
        Qwen2VLProcessor processor = TinyModel.Processor();
        EncodedPrompt prompt = processor.Encode(VqaPrompt.Ask("Is <|image_pad|> a word?", _image));
        Assert.Equal(2, prompt.TokenIds.Count(token => token == TinyModel.ImageToken));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  \n")]
    public void An_empty_question_is_refused(string question)
    {
        Qwen2VLProcessor processor = TinyModel.Processor();
        Assert.Throws<InvalidPromptException>(() => processor.Encode(VqaPrompt.Ask(question, _image)));
        Assert.Throws<InvalidPromptException>(() => processor.Encode(VqaPrompt.Ask(question)));
        Assert.Throws<InvalidPromptException>(() => processor.Encode(new VqaPrompt([])));
        Assert.Throws<InvalidPromptException>(() => processor.Encode(new VqaPrompt([ChatMessage.System(question)])));
    }

    [Fact]
    public void Empty_text_next_to_a_question_is_allowed()
    {
        ChatMessage question = new(ChatRole.User, [new TextPart(""), new ImagePart(_image), new TextPart("Why?")]);
        Assert.EndsWith(
            "Why?<|im_end|>\n<|im_start|>assistant\n",
            TinyModel.Processor().Encode(new VqaPrompt([ChatMessage.System(""), question])).Text, StringComparison.Ordinal);
        Assert.Empty(TinyModel.Processor().Encode(VqaPrompt.Ask("Why?")).Images);
    }

    [Fact]
    public void Bytes_that_are_not_an_image_are_refused_with_their_name()
    {
        var source = new BytesImageSource("notes.txt", "not a picture"u8.ToArray());
        ImageFormatException error = Assert.Throws<ImageFormatException>(
            () => TinyModel.Processor().Encode(VqaPrompt.Ask("What is shown?", source)));
        Assert.Equal("notes.txt", error.SourceName);
    }

    [Fact]
    public void A_completion_ends_with_the_end_of_the_message()
    {
        Qwen2VLProcessor processor = TinyModel.Processor();
        IReadOnlyList<int> tokens = processor.EncodeCompletion("The lung.");
        Assert.Equal(TinyModel.Tokenizer.SpecialTokens[Qwen2VLTokens.MessageEnd], tokens[^1]);
        Assert.Equal("The lung.", processor.Tokenizer.Decode(tokens));
    }

    [Fact]
    public void Cancellation_takes_effect_between_images()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(
            () => TinyModel.Processor().Encode(VqaPrompt.Ask("What?", _image), cancelled.Token));
    }
}
