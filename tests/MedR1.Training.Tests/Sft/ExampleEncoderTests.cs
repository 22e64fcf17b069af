using MedR1.Testing;

namespace MedR1.Training.Tests;

public sealed class ExampleEncoderTests
{
    // Three examples with one image each, encoded twice: cached by place, under a common key, and not at all.
    [Theory]
    [InlineData(null, true, 3)]
    [InlineData("picture", true, 1)]
    [InlineData(null, false, 6)]
    [InlineData("picture", false, 6)]
    public void A_prompt_is_encoded_once_if_it_is_kept(string? key, bool keeps, int read)
    {
        using TinyPolicy policy = TestData.Policy();
        ExampleEncoder encoder = new(policy, new SftTrainerOptions());
        CountedImage image = new();
        SupervisedExample example = SupervisedExample.Answer(VqaPrompt.Ask("?", image), "A") with
        {
            CacheKey = key,
            CachePrompt = keeps,
        };

        for (int place = 0; place < 6; place++)
        {
            encoder.Encode(example, place % 3, default);
        }

        Assert.Equal(read, image.Count);
    }

    private sealed class CountedImage : IImageSource
    {
        public int Count { get; private set; }

        public string Name => "counted";

        public Stream OpenRead()
        {
            Count++;
            return new MemoryStream(new byte[TinyProcessor.ImageValueCount]);
        }
    }
}
