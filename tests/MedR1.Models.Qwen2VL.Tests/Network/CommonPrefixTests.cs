using MedR1.Modeling;

namespace MedR1.Models.Qwen2VL.Tests;

public sealed class CommonPrefixTests
{
    private static readonly Qwen2VLConfiguration _configuration = TinyModel.Configuration();

    [Theory]
    [InlineData("5 6 7 8", "5 6 9", 2)]
    [InlineData("5 6 7", "5 6 7", 2)]
    [InlineData("5 6", "5 6 7 8", 1)]
    [InlineData("5", "5 6", 0)]
    [InlineData("5 6", "7 6", 0)]
    public void It_ends_where_prompts_diverge_and_leaves_each_a_token(string left, string right, int expected) =>
        Assert.Equal(expected, CommonPrefix.Of(_configuration, [Prompt(left), Prompt(right)], 0));

    [Fact]
    public void It_includes_equal_images_and_ends_before_a_different_one()
    {
        EncodedImage image = TinyModel.Image(4, 4, 1), copy = TinyModel.Image(4, 4, 1), other = TinyModel.Image(4, 4, 2);
        EncodedImage wider = TinyModel.Image(4, 8, 1);

        // An image of 4 x 4 patches follows a word and a start marker, takes four tokens, and an end marker follows: 7 tokens each.
        Assert.Equal(7 + 2, Of([image, other], [copy, wider]));
        Assert.Equal(2, Of([image, other], [other, image]));
        Assert.Equal(7 + 7 + 2, Of([image, image], [copy, copy]));
        Assert.Equal(2, Of([image], [image with { SecondsPerFrame = 2 }]));

        int Of(EncodedImage[] left, EncodedImage[] right) =>
            CommonPrefix.LengthOf(_configuration, [TinyModel.Prompt(3, 1, left), TinyModel.Prompt(3, 1, right)]);
    }

    [Fact]
    public void Placeholders_without_images_end_it()
    {
        int imageToken = _configuration.ImageTokenId, clip = _configuration.VideoTokenId;
        Assert.Equal(1, CommonPrefix.Of(_configuration, [Prompt($"5 {imageToken} 6"), Prompt($"5 {imageToken} 6")], 0));
        Assert.Equal(1, CommonPrefix.Of(_configuration, [Prompt($"5 {clip} 6"), Prompt($"5 {clip} 6")], 0));
    }

    [Theory]
    [InlineData(Qwen2VLFamily.Qwen2VL, false)]
    [InlineData(Qwen2VLFamily.Qwen2VL, true)]
    [InlineData(Qwen2VLFamily.Qwen25VL, false)]
    public void Questions_about_the_same_image_give_the_same_as_alone(Qwen2VLFamily family, bool recomputes)
    {
        using Qwen2VLPolicy policy = TinyModel.Create(family);
        policy.Checkpointing.IsEnabled = recomputes;
        EncodedPrompt[] prompts =
        [
            .. Enumerable.Range(0, 4).Select(question =>
            {
                // The first image is a copy of the same one in all prompts, the second differs in each.
                EncodedPrompt prompt = TinyModel.Prompt(0, 1, TinyModel.Image(4, 8, 1), TinyModel.Image(2, 4, 2 + question));
                return prompt with { TokenIds = [.. prompt.TokenIds, .. TinyModel.Words(2 + question, question)] };
            }),
        ];
        Assert.Equal(1 + 1 + 8 + 1 + 2, CommonPrefix.Of(_configuration, prompts, 0));
        RowsAlone.AssertPromptBits(policy, prompts);
        RowsAlone.AssertValuesAndGradients(
            policy, [.. prompts.Select((prompt, group) => new PackedGroup(prompt, [TinyModel.Words(3, group), TinyModel.Words(5, group + 9)]))]);
    }

    [Fact]
    public void A_single_prompt_has_none() => Assert.Equal(0, CommonPrefix.Of(_configuration, [Prompt("5 6 7")], 0));

    // A common prefix of two tokens saves four of the tokens of three prompts: a sixteenth of 3 · 4 + 52 = 64.
    [Theory]
    [InlineData(52, 2)]
    [InlineData(53, 0)]
    public void A_prefix_that_saves_little_is_ignored(int otherTokens, int expected) =>
        Assert.Equal(expected, CommonPrefix.Of(_configuration, [Prompt("5 6 7 8"), Prompt("5 6 8 8"), Prompt("5 6 9 9")], otherTokens));

    private static EncodedPrompt Prompt(string tokens) => new([.. tokens.Split(' ').Select(int.Parse)], []);
}
