using MedR1.Models.Qwen2VL;
using MedR1.TestSupport;

namespace MedR1.Sampling.Tests;

/// <summary>Sampling on a GPU, where the batch changes the order of summation and with it the last digits.</summary>
[Trait("Device", "Gpu")]
public sealed class GpuSamplingTests
{
    // Float32 log-probabilities in a different batch, and in the trainer's forward pass.
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
            LocalSampler sampler = new(policy, new LocalSamplerOptions { MaxRows = mostRows });
            AssertSame(together, Flat(await sampler.DrawAsync(prompts, Drawn)));
        }
    }

    [Theory]
    [InlineData(Qwen2VLFamily.Qwen2VL)]
    [InlineData(Qwen2VLFamily.Qwen25VL)]
    public async Task The_tokens_equal_those_of_the_CPU(Qwen2VLFamily family)
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

    [Theory]
    [InlineData(0, null, 1, null, 1)]
    [InlineData(1, null, 1, null, 1)]
    [InlineData(0.9, 50, 0.95, 0.02, 1.1)]
    [InlineData(1.1, null, 0.9, null, 1)]
    public void A_recorded_choice_equals_that_of_separate_operator_calls(
        double temperature, int? topK, double topP, double? minP, double penalty)
    {
        SamplingOptions options = new()
        {
            Temperature = temperature, TopK = topK, TopP = topP, MinP = minP, RepetitionPenalty = penalty,
            MinNewTokens = 4, SuppressedTokenIds = [3, 4, 9],
        };

        // The vocabulary of Qwen2-VL-2B. libtorch sorts one, a few and many rows in different ways.
        using ChoiceComparison choices = new(options, 150, 151_936, TestDevice.Gpu);
        Random random = new(17);
        foreach (int rows in (int[])[150, 64, 5, 1, 150, 5])
        {
            (ChosenToken[] plain, ChosenToken[] recorded, long[] onDevice) = choices.Step(rows, random);
            Assert.Equal(plain.Select(token => token.Id), recorded.Select(token => token.Id));
            Assert.Equal(plain.Select(token => (long)token.Id), onDevice);
            Assert.All(plain, token => Assert.True(token.Id >= 0));
            Assert.All(plain.Zip(recorded), pair =>
            {
                Assert.Equal(pair.First.LogProbability, pair.Second.LogProbability, 1e-5f);
                Assert.Equal(pair.First.ProcessedLogProbability, pair.Second.ProcessedLogProbability, 1e-5f);
            });
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(24)]
    public async Task A_recorded_choice_gives_the_same_completions(int minNewTokens)
    {
        using Qwen2VLPolicy policy = SmallQwen.Create(Qwen2VLFamily.Qwen2VL, TestDevice.Gpu);
        SamplingOptions options = Drawn with { EndTokenIds = [5, 6], MinNewTokens = minNewTokens };
        foreach (int mostRows in (int[])[6, 256])
        {
            LocalSamplerOptions limits = new() { MaxRows = mostRows, RecordsChoices = true };
            AssertSame(
                Flat(await new LocalSampler(policy, limits with { RecordsChoices = false }).DrawAsync(Samples.Mixed, options)),
                Flat(await new LocalSampler(policy, limits).DrawAsync(Samples.Mixed, options)));
        }
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
