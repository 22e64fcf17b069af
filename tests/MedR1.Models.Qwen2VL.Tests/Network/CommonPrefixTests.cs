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
    public void It_ends_where_prompts_part_and_leaves_each_a_token(string left, string right, int expected) =>
        Assert.Equal(expected, CommonPrefix.Of(_configuration, [Prompt(left), Prompt(right)], 0));

    [Fact]
    public void It_ends_before_a_picture()
    {
        int picture = _configuration.ImageTokenId, clip = _configuration.VideoTokenId;
        Assert.Equal(1, CommonPrefix.Of(_configuration, [Prompt($"5 {picture} 6"), Prompt($"5 {picture} 6")], 0));
        Assert.Equal(1, CommonPrefix.Of(_configuration, [Prompt($"5 {clip} 6"), Prompt($"5 {clip} 6")], 0));
    }

    [Fact]
    public void A_prompt_alone_has_none() => Assert.Equal(0, CommonPrefix.Of(_configuration, [Prompt("5 6 7")], 0));

    // Three prompts of four tokens save four: a sixteenth of 64.
    [Theory]
    [InlineData(52, 2)]
    [InlineData(53, 0)]
    public void A_small_share_of_a_batch_is_not_worth_it(int behind, int expected) =>
        Assert.Equal(expected, CommonPrefix.Of(_configuration, [Prompt("5 6 7 8"), Prompt("5 6 8 8"), Prompt("5 6 9 9")], behind));

    private static EncodedPrompt Prompt(string tokens) => new([.. tokens.Split(' ').Select(int.Parse)], []);
}
