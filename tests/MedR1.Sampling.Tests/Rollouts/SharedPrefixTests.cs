using MedR1.Models.Qwen2VL;

namespace MedR1.Sampling.Tests;

/// <summary>A common prefix of completions is computed once, and each completion is the same as when drawn alone.</summary>
public sealed class SharedPrefixTests
{
    // A low temperature, so that completions agree for a while and diverge at different places.
    private static readonly SamplingOptions Cold =
        new() { SamplesPerPrompt = 9, MaxNewTokens = 12, Seed = 11, Temperature = 0.2 };

    [Fact]
    public async Task Common_prefixes_are_computed_once()
    {
        using WatchedPolicy policy = new(Samples.Policy());
        IReadOnlyList<CompletionGroup> groups =
            await new LocalSampler(policy).DrawAsync(Samples.Mixed, Cold with { EndTokenIds = [] });

        int plain = groups.Sum(group => group.Completions.Sum(completion => completion.TokenCount - 1));
        int distinct = Samples.DistinctPrefixes(groups);
        Assert.InRange(distinct, 50, plain * 3 / 4);
        Assert.Equal(distinct, policy.RowsOfDecodes.Sum());
    }

    [Fact]
    public async Task A_group_of_equal_completions_is_one_row()
    {
        using WatchedPolicy policy = new(Samples.Policy());
        await new LocalSampler(policy).DrawAsync([Samples.Mixed[0]], Cold with { Temperature = 0, EndTokenIds = [] });
        Assert.All(policy.RowsOfDecodes, rows => Assert.Equal(1, rows));
        Assert.Equal(Cold.MaxNewTokens - 1, policy.RowsOfDecodes.Count);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("penalty")]
    [InlineData("stop")]
    [InlineData("end")]
    public async Task A_completion_drawn_alone_is_the_same_bit_for_bit(string kind)
    {
        using Qwen2VLPolicy policy = SmallQwen.Create(Qwen2VLFamily.Qwen2VL);
        IReadOnlyList<CompletionGroup> free =
            await new LocalSampler(policy).DrawAsync(Samples.Mixed, Cold with { EndTokenIds = [] });
        IReadOnlyList<int> spoken = free[1].Completions[0].TokenIds;
        SamplingOptions options = kind switch
        {
            "penalty" => Cold with { EndTokenIds = [], RepetitionPenalty = 1.3 },
            "stop" => Cold with { EndTokenIds = [], StopStrings = [free[1].Completions[0].Text[4..6]] },
            "end" => Cold with { EndTokenIds = [spoken[3], spoken[6]] },
            _ => Cold with { EndTokenIds = [] },
        };
        IReadOnlyList<CompletionGroup> together = await new LocalSampler(policy).DrawAsync(Samples.Mixed, options);
        IReadOnlyList<CompletionGroup> alone =
            await new LocalSampler(policy, new LocalSamplerOptions { MaxRows = 1 }).DrawAsync(Samples.Mixed, options);

        Completion[] expected = [.. alone.SelectMany(group => group.Completions)];
        Completion[] actual = [.. together.SelectMany(group => group.Completions)];
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair =>
        {
            Assert.Equal(pair.First.TokenIds, pair.Second.TokenIds);
            Assert.Equal(pair.First.StopReason, pair.Second.StopReason);
            Assert.Equal(pair.First.LogProbabilities, pair.Second.LogProbabilities);
            Assert.Equal(pair.First.ProcessedLogProbabilities, pair.Second.ProcessedLogProbabilities);
        });
        Assert.True(Samples.DistinctPrefixes(together) < actual.Sum(completion => completion.TokenCount - 1));
    }
}
