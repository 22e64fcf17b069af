using MedR1.Models.Qwen2VL;
using MedR1.TestSupport;

namespace MedR1.Sampling.Tests;

/// <summary>Sampling on a GPU, where the batch changes the order of sums and with it the last digits.</summary>
[Trait("Device", "Gpu")]
public sealed class GpuSamplingTests
{
    // Float32 log-probabilities in another batch, and in the training forward.
    private const float Tolerance = 5e-4f;

    private static readonly SamplingOptions Drawn = new()
    {
        EndTokenIds = [], SamplesPerPrompt = 5, MaxNewTokens = 24, Temperature = 0.9, TopP = 0.95, RepetitionPenalty = 1.1,
        Seed = 11,
    };

    [Theory]
    [InlineData(Qwen2VLFamily.Qwen2VL)]
    [InlineData(Qwen2VLFamily.Qwen25VL)]
    public async Task The_same_tokens_are_drawn_in_every_batch(Qwen2VLFamily family)
    {
        using Qwen2VLPolicy policy = SmallQwen.Create(family, TestDevice.Gpu);
        VqaPrompt[] prompts = [.. Samples.Mixed.Select((prompt, index) => prompt with { Seed = 100 + index })];
        Completion[] together = Flat(await new LocalSampler(policy).DrawAsync(prompts, Drawn));
        foreach (int mostRows in (int[])[1, 3, 7, 13])
        {
            LocalSampler sampler = new(policy, new LocalSamplerOptions { MostRows = mostRows });
            AssertSame(together, Flat(await sampler.DrawAsync(prompts, Drawn)));
        }
    }

    [Theory]
    [InlineData(Qwen2VLFamily.Qwen2VL)]
    [InlineData(Qwen2VLFamily.Qwen25VL)]
    public async Task The_tokens_are_those_of_the_CPU(Qwen2VLFamily family)
    {
        using Qwen2VLPolicy host = SmallQwen.Create(family);
        using Qwen2VLPolicy device = SmallQwen.Create(family, TestDevice.Gpu);
        foreach (double temperature in (double[])[0, 0.9])
        {
            SamplingOptions options = Drawn with { Temperature = temperature };
            AssertSame(
                Flat(await new LocalSampler(host).DrawAsync(Samples.Mixed, options)),
                Flat(await new LocalSampler(device).DrawAsync(Samples.Mixed, options)));
        }
    }

    [Theory]
    [InlineData(Qwen2VLFamily.Qwen2VL)]
    [InlineData(Qwen2VLFamily.Qwen25VL)]
    public async Task Log_probabilities_are_those_of_the_trainers_forward_pass(Qwen2VLFamily family)
    {
        using Qwen2VLPolicy policy = SmallQwen.Create(family, TestDevice.Gpu);
        TrainerComparison.AssertEqual(
            policy, await new LocalSampler(policy).DrawAsync(Samples.Mixed, Drawn), Drawn.Temperature, [], Tolerance);
    }

    private static Completion[] Flat(IEnumerable<CompletionGroup> groups) => [.. groups.SelectMany(group => group.Completions)];

    private static void AssertSame(Completion[] expected, Completion[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        foreach ((Completion left, Completion right) in expected.Zip(actual))
        {
            Assert.Equal(left.TokenIds, right.TokenIds);
            Assert.All(left.LogProbabilities.Zip(right.LogProbabilities), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
        }
    }
}
