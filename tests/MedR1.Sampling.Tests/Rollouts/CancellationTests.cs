namespace MedR1.Sampling.Tests;

public sealed class CancellationTests
{
    private static readonly SamplingOptions Options =
        new() { SamplesPerPrompt = 2, MaxNewTokens = 30, EndTokenIds = [] };

    [Fact]
    public async Task Cancellation_returns_unfinished_completions()
    {
        using CancellationTokenSource source = new();
        using WatchedPolicy policy = new(Samples.Policy()) { BeforeDecode = step => CancelAt(source, step, 4) };
        List<CompletionGroup> groups = await new LocalSampler(policy)
            .SampleAsync(Samples.Mixed, Options, source.Token).ToListAsync(CancellationToken.None);

        Assert.Equal(4, groups.Count);
        Assert.All(groups.SelectMany(group => group.Completions), completion =>
        {
            // The first token comes from prefill, and each of four steps adds one.
            Assert.Equal(5, completion.TokenCount);
            Assert.Equal(5, completion.LogProbabilities.Count);
            Assert.Equal(StopReason.Cancelled, completion.StopReason);
            Assert.True(completion.IsTruncated);
        });
    }

    [Fact]
    public async Task Cancellation_throws_if_prompts_have_not_begun()
    {
        using CancellationTokenSource source = new();
        using WatchedPolicy policy = new(Samples.Policy()) { BeforeDecode = step => CancelAt(source, step, 40) };
        LocalSampler sampler = new(policy, new LocalSamplerOptions { MaxRows = 2 });
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

    // Four completions in two rows: after four steps the first two have their five tokens, and no row is active until the
    // others begin.
    [Fact]
    public async Task A_group_whose_active_rows_have_all_ended_is_returned()
    {
        using CancellationTokenSource source = new();
        using WatchedPolicy policy = new(Samples.Policy()) { BeforeDecode = step => CancelAt(source, step, 4) };
        LocalSampler sampler = new(policy, new LocalSamplerOptions { MaxRows = 2 });
        List<CompletionGroup> groups = [];
        SamplingOptions options = Options with { SamplesPerPrompt = 4, MaxNewTokens = 5 };
        Exception? thrown = await Record.ExceptionAsync(async () =>
        {
            await foreach (CompletionGroup group in sampler.SampleAsync(
                [Samples.Mixed[0], Samples.Mixed[1]], options, source.Token))
            {
                groups.Add(group);
            }
        });

        // The second prompt was not begun.
        Assert.IsType<OperationCanceledException>(thrown);
        CompletionGroup given = Assert.Single(groups);
        Assert.Equal([5, 5, 0, 0], given.Completions.Select(completion => completion.TokenCount));
        Assert.Equal(
            [StopReason.Length, StopReason.Length, StopReason.Cancelled, StopReason.Cancelled],
            given.Completions.Select(completion => completion.StopReason));
    }

    // Three completions each in two rows: pairs of five tokens, the fifth pair being the last of the third prompt and the first of the
    // fourth. The fourth is encoded while no row is active, but two completions of the third have ended.
    [Fact]
    public async Task Cancellation_while_the_next_prompt_is_encoded_loses_no_finished_rows()
    {
        using CancellationTokenSource source = new();
        using WatchedPolicy policy = new(Samples.Policy());
        LocalSampler sampler = new(policy, new LocalSamplerOptions { MaxRows = 2 });
        VqaPrompt cancelling = VqaPrompt.Ask("What?", new CancellingImage(source));
        List<CompletionGroup> groups = [];
        SamplingOptions options = Options with { SamplesPerPrompt = 3, MaxNewTokens = 5 };
        Exception? thrown = await Record.ExceptionAsync(async () =>
        {
            await foreach (CompletionGroup group in sampler.SampleAsync(
                [.. Enumerable.Repeat(Samples.Mixed[1], 3), cancelling], options, source.Token))
            {
                groups.Add(group);
            }
        });

        // The last completion of the third prompt got its first token from the step that noticed the cancellation.
        Assert.IsAssignableFrom<OperationCanceledException>(thrown);
        Assert.Equal(
            [5, 5, 5, 5, 5, 5, 5, 5, 1],
            groups.SelectMany(group => group.Completions).Select(completion => completion.TokenCount));
    }

    [Fact]
    public async Task A_finished_row_keeps_its_stop_reason()
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
    public async Task A_call_cancelled_before_its_start_runs_nothing()
    {
        using WatchedPolicy policy = new(Samples.Policy());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => new LocalSampler(policy).SampleAsync(Samples.Mixed, Options, new CancellationToken(true))
                .ToListAsync().AsTask());
        Assert.Equal(0, policy.Prefills);
    }

    // A copy of all weights takes seconds and gigabytes, and BeginDecoding requires at least one row.
    [Fact]
    public async Task Weights_are_not_packed_for_a_call_that_draws_nothing()
    {
        using WatchedPolicy policy = new(Samples.Policy());
        LocalSampler sampler = new(policy, new LocalSamplerOptions { PackWeights = true });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => sampler.SampleAsync(Samples.Mixed, Options, new CancellationToken(true)).ToListAsync().AsTask());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sampler
            .StreamAsync(Samples.Mixed[0], Options with { SamplesPerPrompt = 1 }, new CancellationToken(true))
            .ToListAsync().AsTask());
        Assert.Empty(await sampler.DrawAsync([], Options));
        Assert.Empty(policy.RowsToPrepareFor);

        await sampler.DrawAsync(Samples.Mixed, Options);
        Assert.Equal([8], policy.RowsToPrepareFor);
    }

    private sealed class CancellingImage(CancellationTokenSource source) : IImageSource
    {
        public string Name => "cancels";

        public Stream OpenRead()
        {
            source.Cancel();
            throw new OperationCanceledException(source.Token);
        }
    }

    private static void CancelAt(CancellationTokenSource source, int step, int last)
    {
        if (step == last)
        {
            source.Cancel();
        }
    }
}
