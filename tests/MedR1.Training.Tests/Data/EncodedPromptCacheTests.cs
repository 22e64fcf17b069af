using MedR1.Modeling;
using MedR1.Testing;

namespace MedR1.Training.Tests;

public sealed class EncodedPromptCacheTests
{
    [Fact]
    public void A_prompt_takes_the_bytes_of_its_tokens_its_text_and_its_images()
    {
        TinyProcessor processor = new();
        EncodedPromptCache cache = new(processor, 1 << 20);
        EncodedPrompt encoded = cache.Encode("key", TestData.Prompt(1, images: 2), default);

        // An int per token, a char per character and a float per value of an image, beside the objects themselves.
        long expected = 256 + 4 * encoded.TokenIds.Count + 2 * encoded.Text.Length + 2 * 4 * TinyProcessor.ImageValueCount;
        Assert.Equal(expected, cache.ByteSize);

        // One byte less is not enough for it.
        EncodedPromptCache smaller = new(processor, expected - 1);
        smaller.Encode("key", TestData.Prompt(1, images: 2), default);
        Assert.Equal(0, smaller.Count);
    }
}
