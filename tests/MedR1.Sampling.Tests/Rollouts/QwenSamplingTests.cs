using CsCheck;

using MedR1.Modeling;
using MedR1.Models.Qwen2VL;

using TorchSharp;
using TorchSharp.Modules;

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
            await new LocalSampler(policy, new LocalSamplerOptions { MaxRows = 1 }).DrawAsync(Samples.Mixed, greedy);
        Assert.Equal(TokensOf(alone), TokensOf(together));
    }

    [Theory]
    [InlineData(Qwen2VLFamily.Qwen2VL)]
    [InlineData(Qwen2VLFamily.Qwen25VL)]
    [InlineData(Qwen2VLFamily.Qwen2VL, true)]
    public async Task A_completion_is_the_same_bit_for_bit_in_every_batch(Qwen2VLFamily family, bool isAdapted = false)
    {
        using Qwen2VLPolicy whole = SmallQwen.Create(family);
        using LoraPolicy? adapted = isAdapted ? Adapt(whole) : null;
        IVisionLanguagePolicy policy = adapted is null ? whole : adapted;
        SamplingOptions options = Free with
        {
            SamplesPerPrompt = 5, MaxNewTokens = 24, Temperature = 0.9, TopP = 0.95, RepetitionPenalty = 1.1, Seed = 11,
        };
        VqaPrompt[] prompts = [.. Samples.Mixed.Select((prompt, index) => prompt with { Seed = 100 + index })];
        IReadOnlyList<CompletionGroup> together = await new LocalSampler(policy).DrawAsync(prompts, options);
        Assert.Equal(20, together.SelectMany(group => group.Completions).Select(Line).Distinct().Count());
        foreach (int mostRows in (int[])[1, 2, 3, 7, 13])
        {
            LocalSampler sampler = new(policy, new LocalSamplerOptions { MaxRows = mostRows });
            Assert.Equal(LinesOf(together), LinesOf(await sampler.DrawAsync(prompts, options)));
            IReadOnlyList<CompletionGroup> turned = await sampler.DrawAsync([.. prompts.Reverse()], options);
            Assert.Equal(LinesOf(together), LinesOf([.. turned.Reverse()]));
        }

        Assert.Equal(LinesOf(together), LinesOf(await new LocalSampler(policy).DrawAsync(prompts, options)));
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
    public async Task Vision_tokens_are_never_drawn()
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

    // B starts at 0, so that the adapter would add nothing.
    private static LoraPolicy Adapt(Qwen2VLPolicy policy)
    {
        LoraPolicy adapted = LoraPolicy.Create(policy, new LoraOptions { Rank = 5, TargetModules = ModuleSelection.AllLinear }, 3);
        using IDisposable noGradient = torch.no_grad();
        using torch.Generator generator = new(77, torch.CPU);
        foreach ((_, Parameter parameter) in adapted.AdapterParameters)
        {
            parameter.normal_(0, 0.1, generator);
        }

        return adapted;
    }

    private static string[] LinesOf(IReadOnlyList<CompletionGroup> groups) =>
        [.. groups.SelectMany(group => group.Completions).Select(Line)];

    // Tokens, and the bits of the log-probabilities.
    private static string Line(Completion completion) => string.Join(' ', completion.TokenIds
        .Zip(completion.LogProbabilities, completion.ProcessedLogProbabilities)
        .Select(token => $"{token.First}:{BitConverter.SingleToInt32Bits(token.Second):x}:" +
            $"{BitConverter.SingleToInt32Bits(token.Third):x}"));

    private static string[] TokensOf(IReadOnlyList<CompletionGroup> groups) =>
        [.. groups.SelectMany(group => group.Completions).Select(completion => string.Join(',', completion.TokenIds))];
}
