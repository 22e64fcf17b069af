namespace MedR1.Sampling.Tests;

public sealed class CancellationTests
{
    private static readonly SamplingOptions Options =
        new() { SamplesPerPrompt = 2, MaxNewTokens = 30, EndTokenIds = [] };

    [Fact]
    public async Task What_is_under_way_is_given_as_it_stands()
    {
        using CancellationTokenSource source = new();
        using WatchedPolicy policy = new(Samples.Policy()) { BeforeDecode = step => CancelAt(source, step, 4) };
        List<CompletionGroup> groups = await new LocalSampler(policy)
            .SampleAsync(Samples.Mixed, Options, source.Token).ToListAsync(CancellationToken.None);

        Assert.Equal(4, groups.Count);
        Assert.All(groups.SelectMany(group => group.Completions), completion =>
        {
            // The prompt gives the first token, each of four steps one more.
            Assert.Equal(5, completion.TokenCount);
            Assert.Equal(5, completion.LogProbabilities.Count);
            Assert.Equal(StopReason.Cancelled, completion.StopReason);
            Assert.True(completion.IsTruncated);
        });
    }

    [Fact]
    public async Task Prompts_that_were_not_begun_end_the_call_with_an_exception()
    {
        using CancellationTokenSource source = new();
        using WatchedPolicy policy = new(Samples.Policy()) { BeforeDecode = step => CancelAt(source, step, 40) };
        LocalSampler sampler = new(policy, new LocalSamplerOptions { MostRows = 2 });
        List<CompletionGroup> groups = [];
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (CompletionGroup group in sampler.SampleAsync(Samples.Mixed, Options, source.Token))
            {
                groups.Add(group);
            }
        });

        // 29 steps for the first prompt, the 40th is the eleventh of the second.
        Assert.Equal(
            [StopReason.Length, StopReason.Cancelled], groups.Select(group => group.Completions[0].StopReason));
        Assert.Equal([30, 12], groups.Select(group => group.Completions[0].TokenCount));
    }

    [Fact]
    public async Task A_row_that_had_ended_keeps_its_reason()
    {
        using CancellationTokenSource source = new();
        using WatchedPolicy free = new(Samples.Policy());
        SamplingOptions greedy = Options with { Temperature = 0, SamplesPerPrompt = 1 };
        int end = (await new LocalSampler(free).DrawAsync([Samples.Mixed[1]], greedy))[0].Completions[0].TokenIds[0];
        using WatchedPolicy policy = new(Samples.Policy()) { BeforeDecode = step => CancelAt(source, step, 1) };
        List<CompletionGroup> groups = await new LocalSampler(policy)
            .SampleAsync([Samples.Mixed[1], Samples.Mixed[2]], greedy with { EndTokenIds = [end] }, source.Token)
            .ToListAsync(CancellationToken.None);

        Assert.Equal(StopReason.EndToken, groups[0].Completions[0].StopReason);
        Assert.Equal(StopReason.Cancelled, groups[1].Completions[0].StopReason);
    }

    [Fact]
    public async Task Cancelled_before_the_start_nothing_runs()
    {
        using WatchedPolicy policy = new(Samples.Policy());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => new LocalSampler(policy).SampleAsync(Samples.Mixed, Options, new CancellationToken(true))
                .ToListAsync().AsTask());
        Assert.Equal(0, policy.Prefills);
    }

    private static void CancelAt(CancellationTokenSource source, int step, int last)
    {
        if (step == last)
        {
            source.Cancel();
        }
    }
}
