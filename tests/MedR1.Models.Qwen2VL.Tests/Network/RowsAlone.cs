using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL.Tests;

/// <summary>Compares batches with each of their rows alone.</summary>
internal static class RowsAlone
{
    private static readonly TokenStatisticsOptions s_plain = new();

    /// <summary>Compares log-probabilities and all gradients with plain passes over prompt and completion.</summary>
    public static void AssertValuesAndGradients(Qwen2VLPolicy policy, IReadOnlyList<PackedGroup> groups)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor packed = policy.TokenLogProbabilities(groups, s_plain).LogProbabilities;
        int columns = (int)packed.shape[1];
        Tensor weights = arange(1, packed.numel() + 1, ScalarType.Float32).view(packed.shape) / 10;
        (packed * weights).sum().backward();
        Dictionary<string, float[]> together = TakeGradients(policy);

        int row = 0;
        float[] values = packed.Values();
        foreach (PackedGroup group in groups)
        {
            foreach (IReadOnlyList<int> completion in group.Completions)
            {
                // A plain pass over prompt and completion, without any packing.
                var sequence = new EncodedPrompt([.. group.Prompt.TokenIds, .. completion], group.Prompt.Images);
                Tensor alone = policy.SequenceLogProbabilities([sequence]).LogProbabilities
                    .narrow(1, group.Prompt.TokenIds.Count - 1, completion.Count);
                TinyModel.Near(alone.Values(), values.AsSpan(row * columns, completion.Count));
                Assert.All(values[(row * columns + completion.Count)..((row + 1) * columns)], value =>
                    Assert.Equal(0, value));
                (alone * weights.narrow(0, row, 1).narrow(1, 0, completion.Count)).sum().backward();
                row++;
            }
        }

        Dictionary<string, float[]> oneByOne = TakeGradients(policy);
        foreach ((string name, float[] gradient) in oneByOne)
        {
            double norm = Math.Sqrt(gradient.Sum(value => (double)value * value));
            Assert.True(norm > 0 || name.EndsWith("k_proj.bias", StringComparison.Ordinal), $"{name} has no gradient");
            double distance = Math.Sqrt(gradient.Zip(together[name], (left, right) => Math.Pow(left - right, 2)).Sum());
            Assert.True(distance <= 1e-4 * norm + 1e-5, $"{name}: {distance} of {norm}");
        }
    }

    /// <summary>Compares the logits after each prompt, bit for bit.</summary>
    public static void AssertPromptBits(Qwen2VLPolicy policy, EncodedPrompt[] prompts)
    {
        int longest = prompts.Max(prompt => prompt.TokenIds.Count);
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using GroupDecoding all = new(policy, prompts.Length, 1, longest, 1);
        float[] together = all.Prefill(prompts).Values();
        float[] alone = [.. prompts.SelectMany(prompt =>
        {
            using GroupDecoding one = new(policy, 1, 1, longest, 1);
            return one.Prefill([prompt]).Values();
        })];
        Assert.Equal(alone, together);
    }

    /// <summary>Returns the gradients by name, and sets them to 0.</summary>
    public static Dictionary<string, float[]> TakeGradients(Qwen2VLPolicy policy)
    {
        var gradients = new Dictionary<string, float[]>();
        foreach ((string name, TorchSharp.Modules.Parameter parameter) in policy.Parameters)
        {
            using Tensor? gradient = parameter.grad;
            gradients.Add(name, gradient?.Values() ?? new float[parameter.numel()]);
            gradient?.zero_();
        }

        return gradients;
    }
}
