using MedR1.Losses;
using MedR1.Modeling;
using MedR1.Models.Qwen2VL;
using static TorchSharp.torch;

namespace MedR1.Benchmarks.RealShape;

/// <summary>The work of a GRPO update at the real shape: a group of completions after a prompt with an image.</summary>
internal static class UpdateWork
{
    /// <summary>Tokens of the prompt, 196 of them of the image.</summary>
    public const int PromptTokens = 260;

    /// <summary>An adapter on all linear layers of the decoder.</summary>
    public static LoraOptions Adapter(int rank) => new()
    {
        Rank = rank,
        Alpha = 2 * rank,
        TargetModules = ModuleSelection.Of("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"),
    };

    /// <summary>Completions of random words after one prompt, or in the plain form each after a separate prompt.</summary>
    public static PackedGroup[] Groups(Qwen2VLPolicy policy, int rows, int newTokens, bool isPlain)
    {
        Random random = new(1);
        byte[] pixels = new byte[384 * 384 * 3];
        random.NextBytes(pixels);
        EncodedPrompt encoded = policy.Processor.Encode(
            VqaPrompt.Ask("Describe.", new PixelImageSource("noise", new RgbImage(384, 384, pixels))));

        // The words of the vocabulary end where the control tokens begin; the first are single bytes.
        int end = Math.Min(policy.Configuration.VisionStartTokenId, policy.EndTokenIds.Min()) - 10;
        EncodedPrompt prompt = encoded with { TokenIds = [.. encoded.TokenIds, .. Words(PromptTokens - encoded.TokenIds.Count)] };
        int[][] completions = [.. Enumerable.Range(0, rows).Select(_ => Words(newTokens))];
        return isPlain
            ? [.. completions.Select(completion => new PackedGroup(
                prompt with { Images = [.. prompt.Images.Select(image => image with { })] }, [completion]))]
            : [new PackedGroup(prompt, completions)];

        int[] Words(int count) => [.. Enumerable.Range(0, count).Select(_ => random.Next(100, end))];
    }

    /// <summary>Med-R1's loss for alternately good and bad rows.</summary>
    public static Tensor Loss(TokenStatistics statistics, Tensor reference_BT, int newTokens)
    {
        int rows = (int)statistics.Mask.shape[0];
        Tensor advantages = tensor([.. Enumerable.Range(0, rows).Select(row => row % 2 == 0 ? 1f : -1f)]);
        return new GrpoLoss(GrpoLossOptions.MedR1).Compute(new PolicyLossInputs
        {
            LogProbabilities = statistics.LogProbabilities,
            Mask = statistics.Mask,
            Advantages = advantages.to(reference_BT.device),
            ReferenceLogProbabilities = reference_BT,
            TokensInStep = rows * newTokens,
            RowsInStep = rows,
            AccumulationSteps = 1,
            MaxCompletionLength = newTokens,
        }).Loss;
    }
}
