using MedR1.Modeling;

namespace MedR1.Models.Qwen2VL.Tests;

public sealed class CommonPrefixTests
{
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
        Assert.Equal(1 + 1 + 8 + 1 + 2, new GroupBatch(
            Qwen2VLLayout.Of(policy.Configuration), [.. prompts.Select(prompt => new PackedGroup(prompt, [[1]]))], true).Prefix);
        RowsAlone.AssertPromptBits(policy, prompts);
        RowsAlone.AssertValuesAndGradients(
            policy, [.. prompts.Select((prompt, group) => new PackedGroup(prompt, [TinyModel.Words(3, group), TinyModel.Words(5, group + 9)]))]);
    }
}
