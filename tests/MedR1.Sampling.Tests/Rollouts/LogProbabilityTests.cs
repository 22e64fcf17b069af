using CsCheck;

using MedR1.Testing;

namespace MedR1.Sampling.Tests;

public sealed class LogProbabilityTests
{
    [Fact]
    public void They_equal_those_of_the_trainers_forward_pass_for_any_options()
    {
        using TinyPolicy policy = Samples.Policy();
        RandomOptions.Generator.Sample(
            options =>
            {
                IReadOnlyList<CompletionGroup> groups =
                    new LocalSampler(policy).DrawAsync(Samples.Mixed, options).GetAwaiter().GetResult();
                TrainerComparison.AssertEqual(policy, groups, options.Temperature, options.SuppressedTokenIds, 2e-5f);
            },
            iter: 40,
            threads: 1,
            seed: "0000KoU4IMO7");
    }

    [Fact]
    public async Task Greedy_tokens_have_those_of_temperature_one_and_are_drawn_with_certainty()
    {
        using TinyPolicy policy = Samples.Policy();
        SamplingOptions options = new() { Temperature = 0, MaxNewTokens = 9 };
        IReadOnlyList<CompletionGroup> groups = await new LocalSampler(policy).DrawAsync(Samples.Mixed, options);
        TrainerComparison.AssertEqual(policy, groups, 1, [], 2e-5f);
        Assert.All(groups.SelectMany(group => group.Completions), completion =>
            Assert.All(completion.ProcessedLogProbabilities, value => Assert.Equal(0f, value)));
    }

    [Fact]
    public async Task Without_truncation_both_distributions_are_equal()
    {
        using TinyPolicy policy = Samples.Policy();
        IReadOnlyList<CompletionGroup> groups = await new LocalSampler(policy).DrawAsync(
            Samples.Mixed, new SamplingOptions { SamplesPerPrompt = 2, MaxNewTokens = 9, Temperature = 0.7 });
        Assert.All(groups.SelectMany(group => group.Completions), completion =>
            Assert.Equal(completion.LogProbabilities, completion.ProcessedLogProbabilities));
    }

    [Fact]
    public async Task Truncation_raises_the_probability_of_drawn_tokens()
    {
        using TinyPolicy policy = Samples.Policy();
        IReadOnlyList<CompletionGroup> groups = await new LocalSampler(policy).DrawAsync(
            Samples.Mixed, new SamplingOptions { SamplesPerPrompt = 4, MaxNewTokens = 9, TopK = 2 });
        Assert.All(groups.SelectMany(group => group.Completions), completion =>
            Assert.All(completion.ProcessedLogProbabilities.Zip(completion.LogProbabilities), pair =>
                Assert.True(pair.First > pair.Second, $"{pair.First} is not above {pair.Second}")));
    }
}
