using MedR1.Modeling;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL.Tests;

public sealed class HeadInPiecesTests
{
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void It_gives_the_values_and_gradients_of_the_whole_head(bool tied, bool entropyGradient)
    {
        using Qwen2VLPolicy policy = TinyModel.Create(tied: tied);
        PackedGroup[] groups = InvarianceTests.Mixed(3);
        TokenStatisticsOptions options = new()
        {
            Temperature = 0.8,
            SuppressedTokenIds = policy.SuppressedTokenIds,
            WithEntropies = true,
            WithEntropyGradient = entropyGradient,
        };
        (float[] values, float[] entropies, float[] gradients) whole = Run(long.MaxValue);
        (float[] values, float[] entropies, float[] gradients) pieces = Run(0);
        TinyModel.Near(whole.values, pieces.values);
        TinyModel.Near(whole.entropies, pieces.entropies);
        Assert.Equal(whole.gradients.Length, pieces.gradients.Length);
        for (int i = 0; i < whole.gradients.Length; i++)
        {
            Assert.InRange(pieces.gradients[i] - whole.gradients[i], -2e-5, 2e-5);
        }

        (float[] Values, float[] Entropies, float[] Gradients) Run(long mostLogits)
        {
            policy.Runner.MostLogits = mostLogits;
            using DisposeScope scope = NewDisposeScope();
            using TokenStatistics statistics = policy.TokenLogProbabilities(groups, options);
            Assert.Equal(mostLogits == 0, statistics.BackwardState is not null);
            Tensor weights = TensorArithmetic.CountTo(statistics.LogProbabilities.numel())
                .view(statistics.LogProbabilities.shape).cos();
            Tensor loss = (statistics.LogProbabilities * weights).sum();
            if (entropyGradient)
                loss = loss.add((statistics.Entropies! * weights).sum());
            loss.backward();
            return (
                statistics.LogProbabilities.Values(), statistics.Entropies!.Values(), TakeGradients(policy));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Conversations_get_the_same_from_pieces_as_from_the_whole_head(bool tied)
    {
        using Qwen2VLPolicy policy = TinyModel.Create(tied: tied);
        EncodedPrompt[] sequences = [.. InvarianceTests.Mixed(3).Select(group => group.Prompt)];
        (float[] values, bool[] mask, float[] gradients) whole = Run(long.MaxValue);
        (float[] values, bool[] mask, float[] gradients) pieces = Run(0);
        Assert.Equal(sequences.Sum(sequence => sequence.TokenIds.Count - 1), whole.mask.Count(isToken => isToken));
        Assert.Equal(whole.mask, pieces.mask);
        TinyModel.Near(whole.values, pieces.values);
        Assert.Equal(whole.gradients.Length, pieces.gradients.Length);
        double largest = whole.gradients.Max(Math.Abs);
        Assert.All(whole.gradients.Zip(pieces.gradients), pair =>
            Assert.InRange(Math.Abs(pair.First - pair.Second) / largest, 0, 1e-5));

        (float[] Values, bool[] Mask, float[] Gradients) Run(long mostLogits)
        {
            policy.Runner.MostLogits = mostLogits;
            using DisposeScope scope = NewDisposeScope();
            using TokenStatistics statistics = policy.SequenceLogProbabilities(sequences);
            Assert.Equal(mostLogits == 0, statistics.BackwardState is not null);
            Tensor weights = TensorArithmetic.CountTo(statistics.LogProbabilities.numel())
                .view(statistics.LogProbabilities.shape).cos();
            (statistics.LogProbabilities * weights).sum().backward();
            return (
                statistics.LogProbabilities.Values(), statistics.Mask.data<bool>().ToArray(), TakeGradients(policy));
        }
    }

    // The pieces are of the head's matrix, which an adapter's update, or its copy of the head, changes.
    [Theory]
    [InlineData("head")]
    [InlineData("magnitude of the head")]
    [InlineData("saved modules")]
    public void An_adapter_of_the_head_acts_however_many_logits_there_are(string kind)
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        using LoraPolicy lora = LoraCase.Create(policy, kind);
        float[] few = LoraCase.Score(lora);
        policy.Runner.MostLogits = 0;
        TinyModel.Near(few, LoraCase.Score(lora));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(long.MaxValue)]
    public void Entropies_that_are_not_asked_for_are_not_computed(long mostLogits)
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        policy.Runner.MostLogits = mostLogits;
        using TokenStatistics statistics = policy.TokenLogProbabilities(InvarianceTests.Mixed(2), new TokenStatisticsOptions());
        Assert.Null(statistics.Entropies);
    }

    private static float[] TakeGradients(Qwen2VLPolicy policy)
    {
        List<float> gradients = [];
        foreach ((_, Parameter parameter) in policy.Parameters)
        {
            using Tensor gradient = parameter.grad!;
            gradients.AddRange(gradient.Values());
            gradient.zero_();
        }

        return [.. gradients];
    }
}
