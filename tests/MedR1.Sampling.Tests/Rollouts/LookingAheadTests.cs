using MedR1.Testing;

using static TorchSharp.torch;

namespace MedR1.Sampling.Tests;

/// <summary>With recorded choices, a step is launched before the host has read the tokens of the previous one.</summary>
public sealed class LookingAheadTests
{
    private static readonly SamplingOptions Options = new() { SamplesPerPrompt = 3, MaxNewTokens = 6, EndTokenIds = [] };

    [Theory]
    [InlineData(12, 5)]
    [InlineData(11, 10)]
    [InlineData(1, 60)]
    public async Task Rows_that_end_at_their_limit_cost_no_extra_step(int mostRows, int decodes)
    {
        using WatchedPolicy policy = new(Samples.Policy());
        await Sampler(policy, mostRows).DrawAsync(Samples.Mixed, Options);

        // Twelve completions of six tokens, the last of which isn't fed.
        Assert.Equal(decodes, policy.Decodes);
        Assert.Equal(60, policy.RowsOfDecodes.Sum());
    }

    [Fact]
    public async Task A_row_that_drew_an_end_token_costs_one_extra_step()
    {
        using WatchedPolicy policy = new(Samples.Policy());
        SamplingOptions greedy = new() { Temperature = 0, MaxNewTokens = 20, EndTokenIds = [] };
        Completion free = (await Sampler(policy, 1).DrawAsync([Samples.Mixed[1]], greedy))[0].Completions[0];
        int length = free.TokenIds.Distinct().Count();
        int end = free.TokenIds.Distinct().Last();
        int expected = free.TokenIds.ToList().IndexOf(end) + 1;
        Assert.InRange(length, 2, 19);
        policy.RowsOfDecodes.Clear();

        // The next prompt begins in the slot that was freed.
        IReadOnlyList<CompletionGroup> groups =
            await Sampler(policy, 1).DrawAsync([Samples.Mixed[1], Samples.Mixed[1]], greedy with { EndTokenIds = [end] });
        Assert.All(groups, group =>
        {
            Assert.Equal(free.TokenIds.Take(expected), group.Completions[0].TokenIds);
            Assert.Equal(StopReason.EndToken, group.Completions[0].StopReason);
        });
        Assert.Equal(2 * expected, policy.RowsOfDecodes.Sum());
    }

    [Fact]
    public async Task Cancellation_returns_unfinished_completions_when_looking_ahead()
    {
        IReadOnlyList<CompletionGroup> whole;
        using (TinyPolicy undisturbed = Samples.Policy())
        {
            whole = await Sampler(undisturbed, 12).DrawAsync(Samples.Mixed, Options);
        }

        using CancellationTokenSource source = new();
        using WatchedPolicy policy = new(Samples.Policy())
        {
            BeforeDecode = step => { if (step == 3) { source.Cancel(); } },
        };
        List<CompletionGroup> groups =
            await Sampler(policy, 12).SampleAsync(Samples.Mixed, Options, source.Token).ToListAsync(CancellationToken.None);

        Assert.Equal(4, groups.Count);
        foreach ((CompletionGroup left, CompletionGroup right) in whole.Zip(groups))
        {
            Assert.All(left.Completions.Zip(right.Completions), pair =>
            {
                // The first token comes from prefill, and each of three steps adds one.
                Assert.Equal(pair.First.TokenIds.Take(4), pair.Second.TokenIds);
                Assert.Equal(StopReason.Cancelled, pair.Second.StopReason);
            });
        }
    }

    [Fact]
    public async Task A_row_that_cannot_be_drawn_is_named()
    {
        using WatchedPolicy policy = new(Samples.Policy())
        {
            Spoil = (step, logits) => step == 2 ? logits.index_fill(0, tensor(4L), double.NaN) : logits,
        };
        NonFiniteLogitsException exception = await Assert.ThrowsAsync<NonFiniteLogitsException>(
            () => Sampler(policy, 12).DrawAsync(Samples.Mixed, Options));

        // Row 4 is the second sample of the second prompt; the second step draws the third token.
        Assert.Equal((1, 1, 2), (exception.PromptIndex, exception.SampleIndex, exception.Position));
    }

    [Fact]
    public async Task A_stream_yields_each_token_with_its_step()
    {
        using WatchedPolicy policy = new(Samples.Policy());
        SamplingOptions options = Options with { SamplesPerPrompt = 1 };
        CompletionGroup group = (await Sampler(policy, 1).DrawAsync([Samples.Mixed[0]], options))[0];
        List<int> tokens = [];
        int before = policy.Decodes;
        await foreach (SampledToken token in Sampler(policy, 1).StreamAsync(Samples.Mixed[0], options))
        {
            Assert.Equal(tokens.Count, policy.Decodes - before);
            tokens.Add(token.TokenId);
        }

        Assert.Equal(group.Completions[0].TokenIds, tokens);
    }

    private static LocalSampler Sampler(MedR1.Modeling.IVisionLanguagePolicy policy, int mostRows) =>
        new(policy, new LocalSamplerOptions { MaxRows = mostRows, RecordsChoices = true });
}
