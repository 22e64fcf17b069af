using CsCheck;

using MedR1.Models.Qwen2VL;

namespace MedR1.Sampling.Tests;

public sealed class QwenSamplingTests
{
    private static readonly SamplingOptions Free = new() { MaxNewTokens = 10, EndTokenIds = [] };

    [Theory]
    [InlineData(Qwen2VLFamily.Qwen2VL)]
    [InlineData(Qwen2VLFamily.Qwen25VL)]
    public async Task Greedy_completions_do_not_depend_on_the_batch(Qwen2VLFamily family)
    {
        using Qwen2VLPolicy policy = SmallQwen.Create(family);
        SamplingOptions greedy = Free with { Temperature = 0 };
        IReadOnlyList<CompletionGroup> together = await new LocalSampler(policy).DrawAsync(Samples.Mixed, greedy);
        IReadOnlyList<CompletionGroup> alone =
            await new LocalSampler(policy, new LocalSamplerOptions { MostRows = 1 }).DrawAsync(Samples.Mixed, greedy);
        Assert.Equal(TokensOf(alone), TokensOf(together));
    }

    [Theory]
    [InlineData(Qwen2VLFamily.Qwen2VL)]
    [InlineData(Qwen2VLFamily.Qwen25VL)]
    public async Task A_call_repeats_bit_for_bit_and_draws_do_not_depend_on_the_batch(Qwen2VLFamily family)
    {
        using Qwen2VLPolicy policy = SmallQwen.Create(family);
        SamplingOptions options = Free with { SamplesPerPrompt = 3, Temperature = 0.9, TopP = 0.95 };
        IReadOnlyList<CompletionGroup> first = await new LocalSampler(policy).DrawAsync(Samples.Mixed, options);
        IReadOnlyList<CompletionGroup> second = await new LocalSampler(policy).DrawAsync(Samples.Mixed, options);
        IReadOnlyList<CompletionGroup> alone =
            await new LocalSampler(policy, new LocalSamplerOptions { MostRows = 1 }).DrawAsync(Samples.Mixed, options);

        Assert.Equal(TokensOf(first), TokensOf(second));
        Assert.Equal(TokensOf(first), TokensOf(alone));
        Assert.Equal(
            first.SelectMany(group => group.Completions).SelectMany(completion => completion.LogProbabilities),
            second.SelectMany(group => group.Completions).SelectMany(completion => completion.LogProbabilities));
    }

    [Theory]
    [InlineData(Qwen2VLFamily.Qwen2VL)]
    [InlineData(Qwen2VLFamily.Qwen25VL)]
    public void Log_probabilities_are_those_of_the_trainers_forward_pass(Qwen2VLFamily family)
    {
        using Qwen2VLPolicy policy = SmallQwen.Create(family);
        RandomOptions.Generator.Sample(
            options =>
            {
                IReadOnlyList<CompletionGroup> groups =
                    new LocalSampler(policy).DrawAsync(Samples.Mixed, options).GetAwaiter().GetResult();
                TrainerComparison.AssertEqual(policy, groups, options.Temperature, options.SuppressedTokenIds, 5e-5f);
            },
            iter: 8,
            threads: 1,
            seed: "0000KoU4IMO7");
    }

    [Fact]
    public async Task Vision_tokens_are_never_said()
    {
        using Qwen2VLPolicy policy = SmallQwen.Create(Qwen2VLFamily.Qwen2VL);
        IReadOnlyList<CompletionGroup> groups = await new LocalSampler(policy).DrawAsync(
            Samples.Mixed, Free with { SamplesPerPrompt = 30, MaxNewTokens = 30, Temperature = 50 });
        int[] said =
            [.. groups.SelectMany(group => group.Completions).SelectMany(completion => completion.TokenIds).Distinct()];
        Assert.True(said.Length > 250, $"only {said.Length} different tokens were said");
        Assert.NotEmpty(policy.SuppressedTokenIds);
        Assert.Empty(said.Intersect(policy.SuppressedTokenIds));
    }

    private static string[] TokensOf(IReadOnlyList<CompletionGroup> groups) =>
        [.. groups.SelectMany(group => group.Completions).Select(completion => string.Join(',', completion.TokenIds))];
}
