using MedR1.Modeling;
using MedR1.Testing;

namespace MedR1.Models.Qwen2VL.Tests;

public sealed class PolicyContractTests
{
    // No picture, one, two of different sizes, one that occurs twice; the first and the last begin alike.
    private static EncodedPrompt[] Prompts { get; } =
    [
        TinyModel.Prompt(6, 1, TinyModel.Image(4, 4, 1)),
        TinyModel.Prompt(3, 2),
        TinyModel.Prompt(5, 3, TinyModel.Image(4, 8, 2), TinyModel.Image(4, 4, 1)),
        TinyModel.Prompt(9, 1, TinyModel.Image(4, 4, 1)),
    ];

    [Theory]
    [InlineData(Qwen2VLFamily.Qwen2VL, true, false)]
    [InlineData(Qwen2VLFamily.Qwen2VL, false, true)]
    [InlineData(Qwen2VLFamily.Qwen25VL, false, false)]
    public void A_model_keeps_it(Qwen2VLFamily family, bool tied, bool byTensors)
    {
        using Qwen2VLPolicy policy = TinyModel.Create(family, tied: tied);
        policy.DecodesByTensors = byTensors;
        PolicyContract.Require(policy, Prompts);
    }

    [Theory]
    [InlineData("q_proj")]
    [InlineData("qkv")]
    public void An_adapter_keeps_it(string target)
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        using LoraPolicy adapted = LoraPolicy.Create(policy, new LoraOptions { TargetModules = ModuleSelection.Of(target) }, 1);
        PolicyContract.Require(adapted, Prompts);
    }
}
