using static MedR1.Modeling.Tests.Batches.SmallLayout;

namespace MedR1.Modeling.Tests.Batches;

public sealed class CommonPrefixTests
{
    private static readonly PromptLayout _layout = Create();

    [Theory]
    [InlineData("5 6 7 8", "5 6 9", 2)]
    [InlineData("5 6 7", "5 6 7", 2)]
    [InlineData("5 6", "5 6 7 8", 1)]
    [InlineData("5", "5 6", 0)]
    [InlineData("5 6", "7 6", 0)]
    public void It_ends_where_prompts_diverge_and_leaves_each_a_token(string left, string right, int expected) =>
        Assert.Equal(expected, CommonPrefix.Of(_layout, [Prompt(left), Prompt(right)], 0));

    [Fact]
    public void It_includes_equal_images_and_ends_before_a_different_one()
    {
        EncodedImage image = Image(4, 1), copy = Image(4, 1), other = Image(4, 2), wider = Image(6, 1);

        // A word, an image of four tokens and a word.
        Assert.Equal(6 + 1, Of([image, other], [copy, wider]));
        Assert.Equal(1, Of([image, other], [other, image]));
        Assert.Equal(6 + 6 + 1, Of([image, image, other], [copy, copy, image]));
        Assert.Equal(1, Of([image], [image with { SecondsPerFrame = 2 }]));

        static int Of(EncodedImage[] left, EncodedImage[] right) => CommonPrefix.LengthOf(_layout, [With(left), With(right)]);

        static EncodedPrompt With(EncodedImage[] images) =>
            Prompt(string.Join(' ', images.Select(_ => "5 i 6")) + " 7", images);
    }

    // Without a text between them, the placeholders of two images are one run of equal tokens.
    [Fact]
    public void Adjacent_images_are_compared_one_by_one()
    {
        EncodedImage image = Image(3, 1), copy = Image(3, 1);
        Assert.Equal(
            1 + 3, CommonPrefix.LengthOf(_layout, [Prompt("5 i i 6", image, Image(3, 2)), Prompt("5 i i 6", copy, Image(3, 3))]));
    }

    [Theory]
    [InlineData(Placeholder)]
    [InlineData(Other)]
    public void Placeholders_without_images_end_it(int token) =>
        Assert.Equal(1, CommonPrefix.Of(_layout, [Prompt($"5 {token} 6"), Prompt($"5 {token} 6")], 0));

    [Fact]
    public void A_single_prompt_has_none() => Assert.Equal(0, CommonPrefix.Of(_layout, [Prompt("5 6 7")], 0));

    // A common prefix of two tokens saves four of the tokens of three prompts: a sixteenth of 3 · 4 + 52 = 64.
    [Theory]
    [InlineData(52, 2)]
    [InlineData(53, 0)]
    public void A_prefix_that_saves_little_is_ignored(int otherTokens, int expected) =>
        Assert.Equal(expected, CommonPrefix.Of(_layout, [Prompt("5 6 7 8"), Prompt("5 6 8 8"), Prompt("5 6 9 9")], otherTokens));
}
