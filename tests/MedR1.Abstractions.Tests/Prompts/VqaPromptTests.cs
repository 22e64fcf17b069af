namespace MedR1.Abstractions.Tests;

public sealed class VqaPromptTests
{
    [Fact]
    public void Prompts_print_as_their_text()
    {
        VqaPrompt prompt = new(
            [ChatMessage.System("Be short."), ChatMessage.User("Which organ?", new FileImageSource("p/0.png"))]);
        Assert.Equal("system: Be short.\nuser: [p/0.png] Which organ?", prompt.ToString());
        Assert.Equal("p/0.png", new FileImageSource("p/0.png").ToString());
        Assert.Equal("dot (1 x 1)", new PixelImageSource("dot", new RgbImage(1, 1, new byte[3])).ToString());
        Assert.Equal("bytes", new BytesImageSource("bytes", []).ToString());
    }
}
