using MedR1.Modeling;

using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Sampling.Tests;

public sealed class BatchTests
{
    private static readonly SamplingOptions Options =
        new() { SamplesPerPrompt = 3, MaxNewTokens = 6, EndTokenIds = [] };

    [Theory]
    [InlineData(12, 5)]
    [InlineData(11, 10)]
    [InlineData(6, 10)]
    [InlineData(2, 30)]
    [InlineData(1, 60)]
    public async Task A_step_has_at_most_MaxRows_rows_and_each_prompt_is_prefilled_once(int mostRows, int decodes)
    {
        using WatchedPolicy policy = new(Samples.Policy());
        IReadOnlyList<CompletionGroup> groups =
            await new LocalSampler(policy, new LocalSamplerOptions { MaxRows = mostRows })
                .DrawAsync([.. LongestFirst(policy)], Options);

        // Twelve completions of six tokens, the last of which isn't fed; those with a common prefix may share a row.
        Assert.Equal(4, policy.Prefills);
        Assert.Equal(decodes, policy.Decodes);
        Assert.InRange(policy.RowsOfDecodes.Sum(), Samples.DistinctPrefixes(groups), 60);
        Assert.All(policy.Caches, cache => Assert.Equal(mostRows, cache.Rows));
        Assert.True(policy.RowsOfDecodes.Max() <= mostRows);
    }

    [Fact]
    public async Task The_row_of_a_finished_completion_is_reused()
    {
        using WatchedPolicy policy = new(Samples.Policy());
        SamplingOptions options = new() { SamplesPerPrompt = 5, MaxNewTokens = 30, Seed = 3, Temperature = 1.5 };
        int end = (await new LocalSampler(policy).DrawAsync(Samples.Mixed, options with { EndTokenIds = [] }))
            .SelectMany(group => group.Completions).SelectMany(completion => completion.TokenIds)
            .CountBy(token => token).MaxBy(pair => pair.Value).Key;
        policy.RowsOfDecodes.Clear();
        IReadOnlyList<CompletionGroup> groups = await new LocalSampler(policy, new LocalSamplerOptions { MaxRows = 4 })
            .DrawAsync([.. LongestFirst(policy)], options with { EndTokenIds = [end] });

        int[] lengths = [.. groups.SelectMany(group => group.Completions).Select(completion => completion.TokenCount)];
        Assert.True(lengths.Distinct().Count() > 5, "the completions are of about the same length");
        Assert.Equal(lengths.Sum() - lengths.Length, policy.RowsOfDecodes.Sum());

        // Batches of four would take as many steps as the longest completion of each.
        int inBatches = lengths.Chunk(4).Sum(chunk => chunk.Max() - 1);
        Assert.True(
            policy.RowsOfDecodes.Count < inBatches,
            $"{policy.RowsOfDecodes.Count} steps, {inBatches} in batches of {string.Join(", ", lengths)}");
        Assert.All(policy.RowsOfDecodes.SkipLast(lengths.Max()), rows => Assert.InRange(rows, 1, 4));
    }

    // Two completions each: four rows hold two prompts, and two more slots let other prompts begin. A limit in bytes removes spare slots
    // first, then rows: 512 bytes per token of a slot or row.
    [Theory]
    [InlineData(null, null, 4, 4)]
    [InlineData(3, 4, 3, 4)]
    [InlineData(2, 4, 2, 4)]
    [InlineData(2, 3, 2, 3)]
    [InlineData(1, 2, 1, 2)]
    public async Task The_cache_has_spare_prompt_slots_if_the_limit_in_bytes_allows(
        int? allowedSlots, int? allowedRows, int slots, int rows)
    {
        using WatchedPolicy policy = new(Samples.Policy());
        VqaPrompt prompt = VqaPrompt.Ask("What?", Samples.Red);
        int length = policy.Processor.Encode(prompt).TokenIds.Count;
        LocalSamplerOptions limits = new()
        {
            MaxRows = 4,
            MaxCacheBytes = 512L * (allowedSlots * length + allowedRows * 6),
        };
        await new LocalSampler(policy, limits).DrawAsync(
            [.. Enumerable.Repeat(prompt, 8)], Options with { SamplesPerPrompt = 2 });

        // The first three measure.
        var first = policy.Caches[allowedSlots is null ? 0 : 3];
        Assert.Equal((slots, rows), (first.Prompts, first.Rows));
    }

    [Fact]
    public async Task The_cache_stays_within_its_limit_in_bytes()
    {
        // Tiny: 2 layers × (keys and values) × 32 floats = 512 bytes per token.
        const long Bytes = 512L * (80 + 9 * 6);
        using WatchedPolicy policy = new(Samples.Policy());
        IReadOnlyList<CompletionGroup> free = await new LocalSampler(policy).DrawAsync(Samples.Mixed, Options);
        policy.Caches.Clear();
        IReadOnlyList<CompletionGroup> bound =
            await new LocalSampler(policy, new LocalSamplerOptions { MaxCacheBytes = Bytes })
                .DrawAsync(Samples.Mixed, Options);

        // The first three measure.
        Assert.All(policy.Caches.Skip(3), cache => Assert.InRange(cache.Bytes, 1, Bytes));
        Assert.True(policy.Caches[3].Rows < 12);
        Assert.Equal(
            free.SelectMany(group => group.Completions).SelectMany(completion => completion.TokenIds),
            bound.SelectMany(group => group.Completions).SelectMany(completion => completion.TokenIds));
    }

    [Fact]
    public async Task A_completion_that_exceeds_the_limit_in_bytes_is_named()
    {
        using WatchedPolicy policy = new(Samples.Policy());
        LocalSampler sampler = new(policy, new LocalSamplerOptions { MaxCacheBytes = 1000 });
        InvalidOperationException exception =
            await Assert.ThrowsAsync<InvalidOperationException>(() => sampler.DrawAsync(Samples.Mixed, Options));

        // 512 bytes per token.
        int longest = Samples.Mixed.Max(prompt => policy.Processor.Encode(prompt).TokenIds.Count);
        Assert.Contains(
            $"one completion of up to 6 tokens after a prompt of {longest} (from prompt 0 on) needs " +
            $"{512 * (longest + 6)} bytes",
            exception.Message, StringComparison.Ordinal);
    }

    // A prompt of 17 tokens in a context of 24 leaves 7, however many are allowed: those must fit, at 512 bytes per token.
    [Fact]
    public async Task A_cache_is_no_larger_than_the_rest_of_the_context()
    {
        using WatchedPolicy policy = new(Samples.Policy(contextLength: 24));
        LocalSampler sampler = new(policy, new LocalSamplerOptions { MaxCacheBytes = 512 * (17 + 7) });
        Completion completion = (await sampler.DrawAsync(
            [VqaPrompt.Ask("What is seen?", Samples.Red)], Options with { SamplesPerPrompt = 1, MaxNewTokens = 1000 }))[0]
            .Completions[0];

        // The first three measure.
        Assert.Equal((1, 1, 17, 7, 512L * 24), policy.Caches[3]);
        Assert.Equal((7, StopReason.ContextFull), (completion.TokenCount, completion.StopReason));
    }

    [Fact]
    public async Task Equal_images_are_encoded_once()
    {
        using WatchedPolicy policy = new(Samples.Policy());
        await new LocalSampler(policy).DrawAsync(Samples.Mixed, Options);

        // Four image parts, two distinct images.
        Assert.Equal(2, policy.EncodedImages);
    }

    [Fact]
    public async Task A_group_is_yielded_once_it_and_all_before_it_are_complete()
    {
        using WatchedPolicy policy = new(Samples.Policy());
        VqaPrompt prompt = Samples.Mixed[1];
        SamplingOptions greedy = new() { Temperature = 0, MaxNewTokens = 30, EndTokenIds = [] };
        IReadOnlyList<CompletionGroup> free =
            await new LocalSampler(policy).DrawAsync([prompt, Samples.Mixed[2]], greedy);
        IReadOnlyList<int> first = free[0].Completions[0].TokenIds;
        int end = first.Except(free[1].Completions[0].TokenIds).First();
        int decodesBefore = policy.Decodes;

        await foreach (CompletionGroup group in new LocalSampler(policy).SampleAsync(
            [prompt, Samples.Mixed[2]], greedy with { EndTokenIds = [end] }))
        {
            if (group.PromptIndex == 0)
            {
                Assert.Equal(first.ToList().IndexOf(end), policy.Decodes - decodesBefore);
            }
        }

        Assert.Equal(29, policy.Decodes - decodesBefore);
    }

    [Fact]
    public async Task A_prompt_that_fills_the_context_is_named()
    {
        using WatchedPolicy policy = new(Samples.Policy(contextLength: 40));
        InvalidPromptException exception = await Assert.ThrowsAsync<InvalidPromptException>(
            () => new LocalSampler(policy).DrawAsync([Samples.Mixed[1], Samples.Mixed[0]], Options));

        Assert.Contains(
            "Prompt 1 ('Compare these two pictures, please.') has 40 tokens", exception.Message,
            StringComparison.Ordinal);
        Assert.Contains("context length is 40", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_prompt_is_named()
    {
        using WatchedPolicy policy = new(Samples.Policy());
        VqaPrompt empty = VqaPrompt.Ask("") with
        {
            Example = new VqaExample { Id = "ct-17", Question = "", Answer = "liver" },
        };
        InvalidPromptException exception =
            await Assert.ThrowsAsync<InvalidPromptException>(
                () => new LocalSampler(policy).DrawAsync([empty], Options));
        Assert.Contains("Prompt 0 of example 'ct-17'", exception.Message, StringComparison.Ordinal);
        Assert.IsType<InvalidPromptException>(exception.InnerException);
    }

    // A source that loads over a network reports its own timeout as a cancellation, although the caller cancelled nothing.
    [Fact]
    public async Task An_image_that_times_out_is_named_and_not_opened_again()
    {
        using WatchedPolicy policy = new(Samples.Policy());
        TimedOutImage image = new();
        VqaPrompt[] prompts = [.. Enumerable.Repeat(Samples.Mixed[1], 3), VqaPrompt.Ask("Late?", image)];
        InvalidPromptException exception = await Assert.ThrowsAsync<InvalidPromptException>(
            () => new LocalSampler(policy, new LocalSamplerOptions { MaxRows = 4 }).DrawAsync(prompts, Options));

        Assert.Contains("Prompt 3 ('Late?') can't be encoded: The request timed out.", exception.Message, StringComparison.Ordinal);
        Assert.Equal(1, image.Openings);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(1.0)]
    public async Task Logits_that_are_NaN_are_reported(double temperature)
    {
        using WatchedPolicy policy = new(Samples.Policy())
        {
            Spoil = (step, logits) => step == 2 ? logits.fill_(float.NaN) : logits,
        };
        NonFiniteLogitsException exception = await Assert.ThrowsAsync<NonFiniteLogitsException>(
            () => new LocalSampler(policy).DrawAsync(Samples.Mixed, Options with { Temperature = temperature }));
        Assert.Equal((0, 0, 2), (exception.PromptIndex, exception.SampleIndex, exception.Position));
    }

    [Fact]
    public async Task A_row_without_a_possible_token_is_reported()
    {
        using WatchedPolicy policy = new(Samples.Policy());
        await Assert.ThrowsAsync<NonFiniteLogitsException>(() => new LocalSampler(policy).DrawAsync(
            Samples.Mixed, Options with { SuppressedTokenIds = [.. Enumerable.Range(0, 260)] }));
    }

    [Fact]
    public async Task Custom_processors_run()
    {
        using WatchedPolicy policy = new(Samples.Policy());
        LocalSampler sampler = new(policy, new LocalSamplerOptions { Processors = [new OnlyToken(65)] });
        IReadOnlyList<CompletionGroup> groups = await sampler.DrawAsync(Samples.Mixed, Options);
        Assert.All(groups.SelectMany(group => group.Completions), completion =>
        {
            Assert.Equal("AAAAAA", completion.Text);
            Assert.All(completion.ProcessedLogProbabilities, value => Assert.Equal(0f, value, 1e-6f));
            Assert.All(completion.LogProbabilities, value => Assert.True(value < 0));
        });
    }

    // A prompt that is longer than the cache allows waits for a new cache.
    private static IEnumerable<VqaPrompt> LongestFirst(WatchedPolicy policy) =>
        Samples.Mixed.OrderByDescending(prompt => policy.Processor.Encode(prompt).TokenIds.Count);

    private sealed class TimedOutImage : IImageSource
    {
        public int Openings { get; private set; }

        public string Name => "slow";

        public Stream OpenRead()
        {
            Openings++;
            throw new TaskCanceledException("The request timed out.", new TimeoutException());
        }
    }

    private sealed class OnlyToken(int token) : ILogitsProcessor
    {
        public Tensor Process(Tensor logits, LogitsContext context)
        {
            Tensor result = full_like(logits, float.NegativeInfinity);
            result.narrow(1, token, 1).copy_(logits.narrow(1, token, 1));
            return result;
        }
    }
}
